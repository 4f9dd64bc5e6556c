/** Numbers by row, column and channel; weights by output, row, column and input. */
export type Tensor = { values: Float32Array; shape: number[] }

type Image = { values: Float32Array; height: number; width: number; channels: number }

/** Returns the tensor with `change` applied to every value. */
export function mapValues({ values, shape }: Tensor, change: (value: number) => number): Tensor {
  return { values: values.map(change), shape }
}

/** Returns the sum, value by value, of two tensors of one shape. */
export function add(one: Tensor, other: Tensor): Tensor {
  return {
    values: one.values.map((value, at) => value + (other.values[at] as number)),
    shape: one.shape,
  }
}

/** Returns each channel times a factor of its own. */
export function multiply({ values, shape }: Tensor, factors: Tensor): Tensor {
  const count = factors.values.length
  return {
    values: values.map((value, at) => value * (factors.values[at % count] as number)),
    shape,
  }
}

/** Global average pooling: returns the mean of each channel over the whole picture. */
export function globalAveragePool(tensor: Tensor): Tensor {
  const { values, channels } = imageOf(tensor)
  const sums = new Float32Array(channels)
  for (const [at, value] of values.entries())
    sums[at % channels] = (sums[at % channels] as number) + value
  return {
    values: sums.map((sum) => (sum * channels) / values.length),
    shape: [1, 1, 1, channels],
  }
}

type Kernel = { weights: Tensor; bias: Tensor; stride: number }

/** A 2D convolution with `same` padding: pixels outside the picture count as 0. */
export function convolve(tensor: Tensor, { weights, bias, stride }: Kernel): Tensor {
  const image = imageOf(tensor)
  const kernel = imageOf(weights)
  const outputs = weights.shape[0] ?? 1
  const inputs = image.channels
  return slide(
    image,
    { kernel, stride, outputs },
    (from, tap, to, values) => {
      for (let output = 0; output < outputs; output += 1) {
        let at = (output * kernel.height * kernel.width + tap) * inputs
        let sum = 0
        for (let input = from; input < from + inputs; input += 1, at += 1)
          sum += (image.values[input] as number) * (weights.values[at] as number)
        values[to + output] = (values[to + output] as number) + sum
      }
    },
    bias,
  )
}

/** A depthwise convolution with `same` padding: each output channel sees its own input channel only. */
export function depthwiseConvolve(tensor: Tensor, { weights, bias, stride }: Kernel): Tensor {
  const image = imageOf(tensor)
  const kernel = imageOf(weights)
  const outputs = image.channels
  return slide(
    image,
    { kernel, stride, outputs },
    (from, tap, to, values) => {
      for (let channel = 0; channel < outputs; channel += 1)
        values[to + channel] =
          (values[to + channel] as number) +
          (image.values[from + channel] as number) *
            (weights.values[tap * outputs + channel] as number)
    },
    bias,
  )
}

/** Adds the contribution of one kernel tap, read at index `from`, to the outputs at index `to`. */
type AddTap = (from: number, tap: number, to: number, values: Float32Array) => void
type Slide = { kernel: Image; stride: number; outputs: number }

function slide(
  image: Image,
  { kernel, stride, outputs }: Slide,
  addTap: AddTap,
  bias: Tensor,
): Tensor {
  const height = Math.ceil(image.height / stride)
  const width = Math.ceil(image.width / stride)
  const before = (size: number, count: number, side: number) =>
    Math.floor(Math.max(0, (count - 1) * stride + side - size) / 2)
  const above = before(image.height, height, kernel.height)
  const left = before(image.width, width, kernel.width)
  const values = new Float32Array(height * width * outputs)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const to = (y * width + x) * outputs
      values.set(bias.values, to)
      for (let down = 0; down < kernel.height; down += 1) {
        const row = y * stride + down - above
        if (row < 0 || row >= image.height) continue
        for (let right = 0; right < kernel.width; right += 1) {
          const column = x * stride + right - left
          if (column < 0 || column >= image.width) continue
          const from = (row * image.width + column) * image.channels
          addTap(from, down * kernel.width + right, to, values)
        }
      }
    }
  }
  return { values, shape: [1, height, width, outputs] }
}

/** Bilinear upsampling to twice the width and height, with half-pixel centres. */
export function upsampleBilinear(tensor: Tensor): Tensor {
  const { values, height, width, channels } = imageOf(tensor)
  const result = new Float32Array(values.length * 4)
  const place = (at: number, size: number) => {
    const exact = Math.max(0, (at + 0.5) / 2 - 0.5)
    const low = Math.min(size - 1, Math.floor(exact))
    return { low, high: Math.min(size - 1, low + 1), share: exact - low }
  }
  for (let y = 0; y < height * 2; y += 1) {
    const down = place(y, height)
    for (let x = 0; x < width * 2; x += 1) {
      const right = place(x, width)
      for (let channel = 0; channel < channels; channel += 1) {
        const at = (row: number, column: number) =>
          values[(row * width + column) * channels + channel] as number
        const above =
          at(down.low, right.low) * (1 - right.share) + at(down.low, right.high) * right.share
        const below =
          at(down.high, right.low) * (1 - right.share) + at(down.high, right.high) * right.share
        result[(y * width * 2 + x) * channels + channel] =
          above * (1 - down.share) + below * down.share
      }
    }
  }
  return { values: result, shape: [1, height * 2, width * 2, channels] }
}

/** A transposed convolution with a 2 x 2 kernel and stride 2, to one output channel. */
export function transposedConvolve(tensor: Tensor, weights: Tensor, bias: Tensor): Tensor {
  const { values, height, width, channels } = imageOf(tensor)
  const result = new Float32Array(height * width * 4).fill(bias.values[0] ?? 0)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      for (let tap = 0; tap < 4; tap += 1) {
        const to = (y * 2 + (tap >> 1)) * width * 2 + x * 2 + (tap & 1)
        for (let channel = 0; channel < channels; channel += 1)
          result[to] =
            (result[to] as number) +
            (values[(y * width + x) * channels + channel] as number) *
              (weights.values[tap * channels + channel] as number)
      }
    }
  }
  return { values: result, shape: [1, height * 2, width * 2, 1] }
}

function imageOf({ values, shape }: Tensor): Image {
  const [height = 1, width = 1, channels = 1] = shape.slice(-3)
  return { values, height, width, channels }
}
