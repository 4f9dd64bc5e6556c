import { readFile } from 'node:fs/promises'
import { assetPath } from '../core/assets.ts'
import { readFlatbuffer } from './flatbuffer.ts'
import * as operators from './tensor-operators.ts'
import type { Tensor } from './tensor-operators.ts'

/** Sides of the network's input and of its answer, in pixels. */
export const NETWORK_SIDE = 256

/** Runs the network on RGB values of 0 to 1. Returns the probability that each pixel is a person, 0 to 1. */
export type PersonNetwork = (rgb: Float32Array) => Float32Array

/**
 * Loads Google's selfie segmentation network (Apache-2.0) from the package
 * `@mediapipe/selfie_segmentation`: a TensorFlow Lite file of 249 kB, read as data.
 */
export async function loadPersonNetwork(): Promise<PersonNetwork> {
  const name = '@mediapipe/selfie_segmentation'
  const { tensors, steps, input, output } = readModel(
    await readFile(assetPath(name, 'selfie_segmentation.tflite')),
  )
  return (rgb) => {
    const values = new Map(tensors)
    values.set(input, { values: rgb, shape: [NETWORK_SIDE, NETWORK_SIDE, 3] })
    for (const step of steps) {
      values.set(step.output, step.run(step.inputs.map((index) => values.get(index))))
    }
    return given(values.get(output)).values
  }
}

type Run = (inputs: readonly (Tensor | undefined)[], stride: number) => Tensor
type Step = { inputs: number[]; output: number; run: (inputs: (Tensor | undefined)[]) => Tensor }
type Model = { tensors: Map<number, Tensor>; steps: Step[]; input: number; output: number }

/** Numbers of the TensorFlow Lite schema: a type, and what its operators do in this one file. */
const FLOAT16 = 1
const OPERATORS: Readonly<Record<number, Run>> = {
  0: ([one, other]) => operators.add(given(one), given(other)),
  1: ([image]) => operators.globalAveragePool(given(image)),
  3: ([image, weights, bias], stride) =>
    operators.convolve(given(image), { weights: given(weights), bias: given(bias), stride }),
  4: ([image, weights, bias], stride) =>
    operators.depthwiseConvolve(given(image), {
      weights: given(weights),
      bias: given(bias),
      stride,
    }),
  // From 16 to 32 bits: constants are read so already.
  6: ([constant]) => given(constant),
  14: ([image]) => operators.mapValues(given(image), (value) => 1 / (1 + Math.exp(-value))),
  18: ([image, factors]) => operators.multiply(given(image), given(factors)),
  19: ([image]) => operators.mapValues(given(image), (value) => Math.max(0, value)),
  23: ([image]) => operators.upsampleBilinear(given(image)),
  // The one operator of Google's own: a transposed convolution with a bias.
  32: ([image, weights, bias]) =>
    operators.transposedConvolve(given(image), given(weights), given(bias)),
  117: ([image]) =>
    operators.mapValues(given(image), (value) => (value * Math.min(6, Math.max(0, value + 3))) / 6),
}

function readModel(bytes: Uint8Array): Model {
  const file = readFlatbuffer(bytes)
  const [graph = 0] = file.tables(file.root, 2)
  const buffers = file.tables(file.root, 4)
  const codes = file
    .tables(file.root, 1)
    .map((code) => Math.max(file.integer(code, 0, 1), file.integer(code, 3, 4)))
  const tensors = new Map<number, Tensor>()
  for (const [index, tensor] of file.tables(graph, 0).entries()) {
    const data = file.bytes(buffers[file.integer(tensor, 2, 4)] ?? 0, 0)
    if (data.length > 0 && file.integer(tensor, 1, 1) === FLOAT16)
      tensors.set(index, { values: floatsOf(data), shape: file.integers(tensor, 0) })
  }
  const steps = file.tables(graph, 3).map((operator): Step => {
    const run = OPERATORS[codes[file.integer(operator, 0, 4)] ?? -1]
    if (run === undefined) throw new RangeError('the network has an operator that is not known')
    const options = file.table(operator, 4)
    const stride = options === null ? 1 : file.integer(options, 1, 4)
    const [output = -1] = file.integers(operator, 2)
    return { inputs: file.integers(operator, 1), output, run: (inputs) => run(inputs, stride) }
  })
  const [[input = -1], [output = -1]] = [file.integers(graph, 1), file.integers(graph, 2)]
  return { tensors, steps, input, output }
}

/** Numbers of 16 bits: a sign, five bits of exponent, ten of fraction. */
function floatsOf(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Float32Array.from({ length: bytes.length / 2 }, (_, index) => {
    const bits = view.getUint16(index * 2, true)
    const exponent = (bits >> 10) & 31
    const fraction = (bits & 1023) / 1024
    const size = exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15)
    return bits >> 15 === 1 ? -size : size
  })
}

function given(tensor: Tensor | undefined): Tensor {
  if (tensor === undefined) throw new RangeError('the network reads a value that is not there')
  return tensor
}
