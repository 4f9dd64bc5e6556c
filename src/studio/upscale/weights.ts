import * as z from 'zod'
import { readJsonAsset } from '../core/assets.ts'

/** Channels of every hidden layer. */
export const CHANNELS = 8
/** 3x3 convolutions; each needs one more pixel on every side than it computes. */
export const LAYERS = 7
/** Outputs of the last layer: red, green and blue of four pixels. */
export const OUTPUTS = 12

/** A 3x3 convolution: weights by tap (row by row), input channel, sign of the input and output. */
export type Layer = { weights: Float64Array; bias: Float64Array }

/** The network "Anime4K Upscale CNN x2 VL", repacked in the order it is read. */
export type Network = {
  /** From RGB; its inputs are never negative, so it has no weights by sign. */
  first: Layer
  hidden: Layer[]
  /** What the last layer (1x1) takes from each layer before it: by input channel, sign and output. */
  last: Float64Array[]
  lastBias: Float64Array
}

const WeightsFile = z.object({
  layers: z.record(
    z.string(),
    z.object({ weights: z.array(z.number()), bias: z.array(z.number()) }).partial(),
  ),
})
type Layers = z.infer<typeof WeightsFile>['layers']

/** Loads the network: bloc97's weights (MIT), as JSON from the package `@websr/websr`. */
export async function loadNetwork(): Promise<Network> {
  const file = await readJsonAsset('@websr/websr', 'weights/anime4k/cnn-2x-l-an.json')
  const { layers } = WeightsFile.parse(file)
  return {
    first: repackFirst(layers),
    hidden: Array.from({ length: LAYERS - 1 }, (_, index) => repackHidden(layers, index + 1)),
    last: Array.from({ length: LAYERS }, (_, index) => repackLast(layers, index)),
    lastBias: Float64Array.from({ length: OUTPUTS }, (_, output) =>
      numberAt(layers, LAST[output % 3], 'bias', Math.floor(output / 3)),
    ),
  }
}

/** The files of the last layer, one a colour; each has an output for each of four pixels. */
const LAST = ['conv2d_last_tf', 'conv2d_last_tf1', 'conv2d_last_tf2'] as const

function repackFirst(layers: Layers): Layer {
  const weights = new Float64Array(9 * 3 * CHANNELS)
  let at = 0
  for (let tap = 0; tap < 9; tap += 1)
    for (let input = 0; input < 3; input += 1)
      for (let output = 0; output < CHANNELS; output += 1, at += 1)
        weights[at] = weightOf(layers, half('conv2d_tf', output), fileTap(tap), input, output)
  const bias = biasOf(layers, 'conv2d_tf')
  // The file's fourth input is opacity, which is always 1.
  for (let output = 0; output < CHANNELS; output += 1)
    for (let tap = 0; tap < 9; tap += 1)
      bias[output] =
        (bias[output] ?? 0) + weightOf(layers, half('conv2d_tf', output), tap, 3, output)
  return { weights, bias }
}

function repackHidden(layers: Layers, layer: number): Layer {
  const name = `conv2d_${layer}_tf`
  const weights = new Float64Array(9 * CHANNELS * 2 * CHANNELS)
  let at = 0
  for (let tap = 0; tap < 9; tap += 1)
    for (let input = 0; input < CHANNELS; input += 1)
      for (const sign of [0, 1])
        for (let output = 0; output < CHANNELS; output += 1, at += 1) {
          const matrix = fileTap(tap) + 9 * (sign * 2 + (input >> 2))
          weights[at] = weightOf(layers, half(name, output), matrix, input & 3, output)
        }
  return { weights, bias: biasOf(layers, name) }
}

function repackLast(layers: Layers, layer: number): Float64Array {
  const weights = new Float64Array(CHANNELS * 2 * OUTPUTS)
  let at = 0
  for (let input = 0; input < CHANNELS; input += 1)
    for (const sign of [0, 1])
      for (let output = 0; output < OUTPUTS; output += 1, at += 1) {
        const matrix = layer * 4 + sign * 2 + (input >> 2)
        const position = Math.floor(output / 3)
        weights[at] = weightOf(layers, LAST[output % 3], matrix, input & 3, position)
      }
  return weights
}

/** The file counts its taps column by column. */
function fileTap(tap: number): number {
  return (tap % 3) * 3 + Math.floor(tap / 3)
}

/** Each layer is in two files, of four outputs each. */
function half(name: string, output: number): string {
  return output < 4 ? name : `${name}1`
}

function biasOf(layers: Layers, name: string): Float64Array {
  return Float64Array.from({ length: CHANNELS }, (_, output) =>
    numberAt(layers, half(name, output), 'bias', output & 3),
  )
}

/** The files hold matrices of 4 x 4, column by column: a column for each input, a row for each output. */
function weightOf(
  layers: Layers,
  name: string | undefined,
  matrix: number,
  input: number,
  output: number,
): number {
  return numberAt(layers, name, 'weights', matrix * 16 + input * 4 + (output & 3))
}

function numberAt(
  layers: Layers,
  name: string | undefined,
  list: 'weights' | 'bias',
  index: number,
): number {
  const value = layers[name ?? '']?.[list]?.[index]
  if (value === undefined) throw new RangeError(`the network has no ${list} ${name} ${index}`)
  return value
}
