import type { Model } from './catalog.ts'
import type { Size } from './sizes.ts'

/** Most pixels a result may have: what a WebP file can hold along each side, squared. */
export const OUTPUT_PIXELS_MAX = 0x3fff ** 2

/** The factor that an image can be enlarged by, and a sentence where it is less than what was asked. */
export function fitScale(
  asked: number,
  { width, height }: Size,
  { scaleMax = Infinity }: Pick<Model, 'scaleMax'>,
): { scale: number; note: string | null } {
  const largest = Math.sqrt(OUTPUT_PIXELS_MAX / (width * height))
  const scale = Math.max(1, Math.min(asked, scaleMax, Math.floor(largest * 100) / 100))
  if (scale === asked) return { scale, note: null }
  const why =
    scale === scaleMax
      ? `this model enlarges at most ${scaleMax} times`
      : `a result has at most ${Math.floor(OUTPUT_PIXELS_MAX / 1_000_000)} megapixels`
  return { scale, note: `scale ${asked} was lowered to ${scale}: ${why}.` }
}
