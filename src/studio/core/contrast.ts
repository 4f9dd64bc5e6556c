import { parseHex } from './culori.ts'
import type { Raster } from './raster.ts'

/** The least contrast of text with what is behind it: level AA of WCAG 2.2, item 1.4.3. */
export const TEXT_CONTRAST = 4.5

/** A part of a picture, in pixels. */
export type Area = { left: number; top: number; width: number; height: number }

/** The relative luminance of WCAG 2.2, 0 to 1, of red, green and blue from 0 to 255. */
export function luminanceOf([red, green, blue]: readonly [number, number, number]): number {
  const linear = (value: number) =>
    value <= 10.31475 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

/** The relative luminance of `#rrggbb`. Throws `RangeError` for any other text. */
export function hexLuminance(hex: string): number {
  const rgb = parseHex(hex)
  if (rgb === undefined) throw new RangeError(`"${hex}" is no colour`)
  return luminanceOf([rgb.r * 255, rgb.g * 255, rgb.b * 255])
}

/** The contrast ratio of two luminances: 1 to 21. */
export function contrastOf(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
}

/** How dark and how light a part of a picture is: luminances that 2 % of its pixels are below and above. */
export function rangeOf(
  { pixels, width, height, channels }: Raster,
  area: Area,
): { low: number; high: number } {
  const found: number[] = []
  const step = Math.max(1, Math.round(Math.sqrt((area.width * area.height) / 12_000)))
  const [right, below] = [area.left + area.width, area.top + area.height]
  for (let y = Math.max(0, area.top); y < Math.min(height, below); y += step)
    for (let x = Math.max(0, area.left); x < Math.min(width, right); x += step) {
      const at = (y * width + x) * channels
      found.push(luminanceOf([pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0]))
    }
  found.sort((one, other) => one - other)
  const share = (part: number) => found[Math.floor((found.length - 1) * part)] ?? 0
  return { low: share(0.02), high: share(0.98) }
}
