import { sampler } from '../core/bilinear.ts'
import type { Raster } from '../core/raster.ts'
import type { Rgb } from './double.ts'

/** The transparency of a picture; null where all of it is solid. */
export type Alpha = { values: Uint8Array; width: number; height: number } | null

/** How far colours spread into what is clear, in pixels: as far as the network looks. */
const SPREAD = 8

/**
 * A picture apart from its transparency. Clear pixels take the colour of the nearest solid ones, so that
 * whatever colour was hidden there does not shine through at the edges of the enlarged picture.
 */
export function splitAlpha({ pixels, width, height, channels }: Raster): {
  colors: Rgb
  alpha: Alpha
} {
  const colors = { pixels: new Uint8Array(width * height * 3), width, height }
  const values = new Uint8Array(width * height).fill(255)
  for (let index = 0; index < values.length; index += 1) {
    for (let channel = 0; channel < 3; channel += 1)
      colors.pixels[index * 3 + channel] = pixels[index * channels + channel] ?? 0
    if (channels === 4) values[index] = pixels[index * 4 + 3] ?? 255
  }
  if (values.every((value) => value === 255)) return { colors, alpha: null }
  bleed(colors, values)
  return { colors, alpha: { values, width, height } }
}

/** Puts both together again, the transparency enlarged to the size of the picture. */
export function joinAlpha({ pixels, width, height }: Rgb, alpha: Alpha): Raster {
  if (alpha === null) return { pixels, width, height, channels: 3 }
  const result = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const index = y * width + x
      for (let channel = 0; channel < 3; channel += 1)
        result[index * 4 + channel] = pixels[index * 3 + channel] ?? 0
      const opacity = sampler(alpha, (x + 0.5) / width, (y + 0.5) / height)(alpha.values)
      result[index * 4 + 3] = Math.round(opacity)
    }
  }
  return { pixels: result, width, height, channels: 4 }
}

function bleed({ pixels, width, height }: Rgb, alpha: Uint8Array): void {
  const known = Uint8Array.from(alpha, (value) => (value > 0 ? 1 : 0))
  for (let round = 0; round < SPREAD; round += 1) {
    const before = known.slice()
    for (let index = 0; index < known.length; index += 1) {
      if (before[index] === 1) continue
      const x = index % width
      const near = [
        x > 0 ? index - 1 : -1,
        x < width - 1 ? index + 1 : -1,
        index - width,
        index + width < width * height ? index + width : -1,
      ].filter((other) => other >= 0 && before[other] === 1)
      if (near.length === 0) continue
      for (let channel = 0; channel < 3; channel += 1)
        pixels[index * 3 + channel] =
          near.reduce((sum, other) => sum + (pixels[other * 3 + channel] ?? 0), 0) / near.length
      known[index] = 1
    }
  }
}
