import type { Model } from './catalog.ts'
import type { Size } from './sizes.ts'

/** Limit of the pixels of a result: the longest side of a WebP file (16,383), squared. */
export const OUTPUT_PIXELS_MAX = 0x3fff ** 2

/** Limits an upscale factor to what the model and the output allow. `note` is a sentence if the factor was lowered. */
export function fitScale(
  requested: number,
  { width, height }: Size,
  { scaleMax = Infinity }: Pick<Model, 'scaleMax'>,
): { scale: number; note: string | null } {
  const largest = Math.sqrt(OUTPUT_PIXELS_MAX / (width * height))
  const scale = Math.max(1, Math.min(requested, scaleMax, Math.floor(largest * 100) / 100))
  if (scale === requested) return { scale, note: null }
  const reason =
    scale === scaleMax
      ? `this model enlarges at most ${scaleMax} times`
      : `a result has at most ${Math.floor(OUTPUT_PIXELS_MAX / 1_000_000)} megapixels`
  return { scale, note: `scale ${requested} was lowered to ${scale}: ${reason}.` }
}
