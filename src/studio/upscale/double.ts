import { CHANNELS, LAYERS, OUTPUTS, type Layer, type Network } from './weights.ts'

/** RGB, 8 bits a channel, row by row. */
export type Rgb = { pixels: Uint8Array; width: number; height: number }

/** Rows computed at a time: memory grows with the width of a picture only. */
const STRIP_ROWS = 64

/**
 * A picture twice as wide and high, by the network. `onRows` is called with the share that is done, 0 to 1.
 *
 */
export function double(
  source: Rgb,
  network: Network,
  onRows: (share: number) => void = () => undefined,
): Rgb {
  const { width, height } = source
  const result = {
    pixels: new Uint8Array(width * height * 12),
    width: width * 2,
    height: height * 2,
  }
  for (let top = 0; top < height; top += STRIP_ROWS) {
    const rows = Math.min(STRIP_ROWS, height - top)
    const details = detailsOf(source, { top, rows }, network)
    paint(source, { top, rows }, details, result)
    onRows((top + rows) / height)
  }
  return result
}

type Strip = { top: number; rows: number }
/** Feature maps of a strip, `CHANNELS` numbers a pixel, with `margin` pixels more on every side. */
type Maps = { values: Float32Array; width: number; height: number }

/** What the network adds to a plain enlargement: `OUTPUTS` numbers for each pixel of the strip. */
function detailsOf(source: Rgb, strip: Strip, network: Network): Float32Array {
  const details = new Float32Array(source.width * strip.rows * OUTPUTS)
  for (let at = 0; at < details.length; at += 1) details[at] = network.lastBias[at % OUTPUTS] ?? 0
  let maps = convolveFirst(padded(source, strip), network.first)
  addToLastLayer(maps, network.last[0], LAYERS - 1, source.width, details)
  for (const [index, layer] of network.hidden.entries()) {
    maps = convolve(maps, layer)
    addToLastLayer(maps, network.last[index + 1], LAYERS - 2 - index, source.width, details)
  }
  return details
}

/** The strip as numbers from 0 to 1, with the margin its seven convolutions use up; edges are repeated. */
function padded({ pixels, width, height }: Rgb, { top, rows }: Strip): Maps {
  const wide = width + LAYERS * 2
  const high = rows + LAYERS * 2
  const values = new Float32Array(wide * high * 3)
  for (let y = 0; y < high; y += 1) {
    const row = Math.min(height - 1, Math.max(0, top + y - LAYERS)) * width
    for (let x = 0; x < wide; x += 1) {
      const from = (row + Math.min(width - 1, Math.max(0, x - LAYERS))) * 3
      const to = (y * wide + x) * 3
      for (let channel = 0; channel < 3; channel += 1)
        values[to + channel] = (pixels[from + channel] ?? 0) / 255
    }
  }
  return { values, width: wide, height: high }
}

function convolveFirst(from: Maps, { weights, bias }: Layer): Maps {
  const to = emptyMaps(from)
  const sums = new Float64Array(CHANNELS)
  for (let y = 0; y < to.height; y += 1) {
    for (let x = 0; x < to.width; x += 1) {
      sums.set(bias)
      let at = 0
      for (let tap = 0; tap < 9; tap += 1) {
        const pixel = ((y + ((tap / 3) | 0)) * from.width + x + (tap % 3)) * 3
        for (let input = 0; input < 3; input += 1) {
          const value = from.values[pixel + input] as number
          for (let output = 0; output < CHANNELS; output += 1, at += 1)
            sums[output] = (sums[output] as number) + value * (weights[at] as number)
        }
      }
      to.values.set(sums, (y * to.width + x) * CHANNELS)
    }
  }
  return to
}

/**
 * A hidden layer. It sees each input as two, what is above 0 and what is below; as one of the two is
 * always 0, the sign only chooses the weights. Written out for eight channels: this is where the time goes.
 */
function convolve(from: Maps, { weights, bias }: Layer): Maps {
  const to = emptyMaps(from)
  const [b0, b1, b2, b3, b4, b5, b6, b7] = bias as unknown as Eight
  const { values } = from
  for (let y = 0; y < to.height; y += 1) {
    for (let x = 0; x < to.width; x += 1) {
      let [s0, s1, s2, s3, s4, s5, s6, s7] = [b0, b1, b2, b3, b4, b5, b6, b7]
      let at = 0
      for (let down = 0; down < 3; down += 1) {
        let pixel = ((y + down) * from.width + x) * CHANNELS
        for (const end = pixel + 3 * CHANNELS; pixel < end; pixel += 1, at += 2 * CHANNELS) {
          const value = values[pixel] as number
          const size = Math.abs(value)
          const w = value < 0 ? at + CHANNELS : at
          s0 += size * (weights[w] as number)
          s1 += size * (weights[w + 1] as number)
          s2 += size * (weights[w + 2] as number)
          s3 += size * (weights[w + 3] as number)
          s4 += size * (weights[w + 4] as number)
          s5 += size * (weights[w + 5] as number)
          s6 += size * (weights[w + 6] as number)
          s7 += size * (weights[w + 7] as number)
        }
      }
      const target = (y * to.width + x) * CHANNELS
      to.values[target] = s0
      to.values[target + 1] = s1
      to.values[target + 2] = s2
      to.values[target + 3] = s3
      to.values[target + 4] = s4
      to.values[target + 5] = s5
      to.values[target + 6] = s6
      to.values[target + 7] = s7
    }
  }
  return to
}

type Eight = [number, number, number, number, number, number, number, number]

function emptyMaps({ width, height }: Maps): Maps {
  const size = { width: width - 2, height: height - 2 }
  return { ...size, values: new Float32Array(size.width * size.height * CHANNELS) }
}

/** Adds what the last layer takes from these maps. `margin` is how much wider they are on every side. */
function addToLastLayer(
  maps: Maps,
  weights: Float64Array = new Float64Array(),
  margin: number,
  width: number,
  details: Float32Array,
): void {
  const rows = details.length / OUTPUTS / width
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const pixel = ((y + margin) * maps.width + x + margin) * CHANNELS
      const target = (y * width + x) * OUTPUTS
      for (let input = 0; input < CHANNELS; input += 1) {
        const value = maps.values[pixel + input] as number
        const size = Math.abs(value)
        const w = (input * 2 + (value < 0 ? 1 : 0)) * OUTPUTS
        for (let output = 0; output < OUTPUTS; output += 1)
          details[target + output] =
            (details[target + output] as number) + size * (weights[w + output] as number)
      }
    }
  }
}

/** A bilinear enlargement of the strip with the network's details on it. */
function paint(
  { pixels, width, height }: Rgb,
  { top, rows }: Strip,
  details: Float32Array,
  result: Rgb,
): void {
  const side = (value: number, end: number) => Math.min(end - 1, Math.max(0, value))
  for (let y = 0; y < rows * 2; y += 1) {
    const near = (top + (y >> 1)) * width
    const far = side(top + (y >> 1) + (y & 1) * 2 - 1, height) * width
    for (let x = 0; x < width * 2; x += 1) {
      const here = x >> 1
      const next = side(here + (x & 1) * 2 - 1, width)
      const detail = ((y >> 1) * width + here) * OUTPUTS + ((x & 1) + (y & 1) * 2) * 3
      const target = ((top * 2 + y) * result.width + x) * 3
      for (let channel = 0; channel < 3; channel += 1) {
        const at = (index: number) => pixels[index * 3 + channel] as number
        const base =
          (9 * at(near + here) + 3 * at(near + next) + 3 * at(far + here) + at(far + next)) / 16
        const value = base + 255 * (details[detail + channel] as number)
        result.pixels[target + channel] = Math.min(255, Math.max(0, Math.round(value)))
      }
    }
  }
}
