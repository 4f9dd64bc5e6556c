import sharp from 'sharp'
import type { Raster } from '../../src/studio/core/raster.ts'

/** Four numbers of 0 to 255. */
export type Pixel = readonly [number, number, number, number]

/** The pixel at a place. */
export function at({ pixels, width }: Raster, x: number, y: number): Pixel {
  const from = (y * width + x) * 4
  return [...pixels.subarray(from, from + 4)] as unknown as Pixel
}

/** Every pixel of an RGBA picture, row by row. */
export function pixelsOf(raster: Raster): Pixel[] {
  const places = Array.from({ length: raster.width * raster.height }, (_, index) => index)
  return places.map((index) => at(raster, index % raster.width, Math.floor(index / raster.width)))
}

/** The part of a picture from a place on. */
export function part(
  raster: Raster,
  { left, top, width, height }: { left: number; top: number; width: number; height: number },
): Pixel[] {
  const places = Array.from({ length: width * height }, (_, index) => index)
  return places.map((index) => at(raster, left + (index % width), top + Math.floor(index / width)))
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Luma of Rec. 709, 0 to 255. */
export function luma([red, green, blue]: Pixel): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

export function meanLuma(raster: Raster): number {
  return mean(pixelsOf(raster).map(luma))
}

/** The mean of red, green and blue. */
export function meanColor(raster: Raster): [number, number, number] {
  const pixels = pixelsOf(raster)
  return [0, 1, 2].map((channel) => mean(pixels.map((pixel) => pixel[channel] ?? 0))) as [
    number,
    number,
    number,
  ]
}

/** The standard deviation of luma. */
export function contrastOf(raster: Raster): number {
  const values = pixelsOf(raster).map(luma)
  const middle = mean(values)
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)))
}

/** How far the channels of a pixel lie apart, on average: 0 for grey. */
export function colourfulness(raster: Raster): number {
  return mean(pixelsOf(raster).map(([r, g, b]) => Math.max(r, g, b) - Math.min(r, g, b)))
}

/** The sum of red by that of blue: more is warmer. */
export function warmth(raster: Raster): number {
  const pixels = pixelsOf(raster)
  return mean(pixels.map(([red]) => red)) / mean(pixels.map(([, , blue]) => blue))
}

/** How much light changes from pixel to pixel, on average: less where edges are soft. */
export function edgeEnergy(raster: Raster): number {
  const lumas = pixelsOf(raster).map(luma)
  return mean(
    lumas.map((value, index) =>
      index % raster.width === raster.width - 1 ? 0 : Math.abs((lumas[index + 1] ?? 0) - value),
    ),
  )
}

/** The hue of a colour in degrees, 0 for red, 120 for green, 240 for blue. */
export function hueOf([red, green, blue]: readonly number[] & {
  0: number
  1: number
  2: number
}): number {
  const angle = Math.atan2(Math.sqrt(3) * (green - blue), 2 * red - green - blue)
  return ((angle * 180) / Math.PI + 360) % 360
}

/** How far two angles lie apart, 0 to 180 degrees. */
export function angleBetween(one: number, other: number): number {
  return Math.abs(((one - other + 540) % 360) - 180)
}

/** A part of a photograph as RGBA, with values of 64 to 191 only: nothing is cut off where it is changed a little. */
export async function softPhoto(bytes: Uint8Array): Promise<Raster> {
  const { data, info } = await sharp(bytes)
    .resize(120, 80)
    .linear(0.5, 64)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { pixels: data, width: info.width, height: info.height, channels: 4 }
}
