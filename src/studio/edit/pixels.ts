import { fromRaster, toRaster, type Raster } from '../core/raster.ts'
import type { ColorMatrix } from './steps.ts'

/** Applies a colour matrix to every pixel; opacity stays. */
export async function applyColorMatrix(
  raster: Raster,
  { matrix, offset }: ColorMatrix,
): Promise<Raster> {
  // The half makes a rounding of what libvips cuts off.
  const rows = matrix.map(([red, green, blue]) => [red, green, blue]) as Matrix
  return toRaster((await fromRaster(raster)).recomb(rows).linear(1, offset + 0.5))
}

type Numbers = [number, number, number]
type Matrix = [Numbers, Numbers, Numbers]

/** Applies a lookup table, made of `change` (0 to 255 to 0 to 255), to red, green and blue; opacity stays. */
export function mapChannels(raster: Raster, change: (value: number) => number): Raster {
  const changed = Uint8Array.from({ length: 256 }, (_, value) => change(value))
  const pixels = raster.pixels.map((value, at) => (at % 4 === 3 ? value : (changed[value] ?? 0)))
  return { ...raster, pixels }
}

/** Paints every block of `size` x `size` pixels in its mean colour, each pixel counting as much as it is opaque. */
export function pixelate(raster: Raster, size: number): Raster {
  const { pixels, width, height } = raster
  const columns = Math.ceil(width / size)
  const blockAt = (index: number) =>
    Math.floor(Math.floor(index / width) / size) * columns + Math.floor((index % width) / size)
  // Of each block: the sums of red, green, blue and opacity, and the number of pixels.
  const sums = new Float64Array(columns * Math.ceil(height / size) * 5)
  const add = (at: number, value: number) => (sums[at] = (sums[at] ?? 0) + value)
  for (let index = 0; index < width * height; index += 1) {
    const block = blockAt(index) * 5
    const opacity = pixels[index * 4 + 3] ?? 0
    for (let channel = 0; channel < 3; channel += 1)
      add(block + channel, (pixels[index * 4 + channel] ?? 0) * opacity)
    add(block + 3, opacity)
    add(block + 4, 1)
  }
  const means = pixels.map((_, at) => {
    const block = blockAt(at >> 2) * 5
    const weight = sums[block + (at % 4 === 3 ? 4 : 3)] ?? 0
    return (sums[block + (at % 4)] ?? 0) / Math.max(1, weight)
  })
  return { ...raster, pixels: means }
}

/** Makes what lies outside a rounded rectangle transparent; `radius` is in pixels. */
export async function roundCorners(raster: Raster, radius: number): Promise<Raster> {
  const shape = svg(raster, `<rect width="100%" height="100%" rx="${radius}"/>`)
  return toRaster((await fromRaster(raster)).composite([{ input: shape, blend: 'dest-in' }]))
}

/** Darkens towards the corners, each of which loses `strength` (0 to 1) of its light. */
export async function vignette(raster: Raster, strength: number): Promise<Raster> {
  // A smooth step of the squared distance from the middle, which is 1 in the corners.
  const stops = Array.from({ length: 21 }, (_, index) => {
    const far = (index / 20) ** 2
    return `<stop offset="${index / 20}" stop-opacity="${strength * far * far * (3 - 2 * far)}"/>`
  })
  const shade = svg(
    raster,
    `<radialGradient id="v" r="${Math.SQRT1_2}">${stops.join('')}</radialGradient><rect width="100%" height="100%" fill="url(#v)"/>`,
  )
  return toRaster((await fromRaster(raster)).composite([{ input: shade, blend: 'atop' }]))
}

/** Multiplies every opacity by `share`, 0 to 1. */
export async function fade(raster: Raster, share: number): Promise<Raster> {
  return toRaster((await fromRaster(raster)).linear([1, 1, 1, share], [0, 0, 0, 0.5]))
}

function svg({ width, height }: Raster, body: string): Buffer {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body}</svg>`,
  )
}
