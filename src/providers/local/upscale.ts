import { AppError } from '../../errors.ts'
import { MAX_PIXELS } from '../../media/sharp.ts'
import type { ProviderResult, RequestOf } from '../provider.ts'
import type { Pace } from './pace.ts'
import { decode, encode, fromRaster } from './raster.ts'

/** Longest side of an enlarged image, in pixels. */
export const MAX_UPSCALED_SIDE = 16_384

/**
 * Enlarges an image by an exact factor of 1 to 8 with cubic interpolation; transparency is kept.
 * Throws `invalid_input` above the limits, `input_unreadable` and `cancelled`.
 */
export async function upscale(
  { image, scale }: RequestOf<'upscale'>,
  pace: Pace,
): Promise<ProviderResult> {
  assertFits({ image, scale })
  const source = await decode(image)
  const width = Math.round(source.width * scale)
  const height = Math.round(source.height * scale)
  await pace.report(0.3, `Enlarging to ${width} x ${height}`)
  const { data, info } = await (
    await fromRaster(source)
  )
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer({ resolveWithObject: true })
  await pace.report(0.7, 'Writing the enlarged image')
  const raster = { pixels: data, width: info.width, height: info.height, channels: 4 as const }
  return {
    outputs: [{ bytes: await encode(raster, 'png') }],
    notes: [
      `Enlarged from ${source.width} x ${source.height} to ${width} x ${height} by cubic interpolation, which adds no new detail.`,
    ],
  }
}

/** Throws `invalid_input` where the enlarged image would be above the limits. */
export function assertFits({ image, scale }: Pick<RequestOf<'upscale'>, 'image' | 'scale'>): void {
  const { width, height } = image
  if (!(scale >= 1 && scale <= 8)) {
    throw new AppError('invalid_input', `A scale of ${scale} is outside 1 to 8.`, {
      hint: 'Choose a scale from 1 to 8.',
    })
  }
  const [wide, high] = [Math.round(width * scale), Math.round(height * scale)]
  if (wide * high <= MAX_PIXELS && Math.max(wide, high) <= MAX_UPSCALED_SIDE) return
  const limit = `${MAX_PIXELS / 1e6} megapixels and ${MAX_UPSCALED_SIDE} pixels a side`
  throw new AppError(
    'invalid_input',
    `${width} x ${height} times ${scale} is ${wide} x ${high}; the limit is ${limit}.`,
    { hint: 'Choose a smaller scale or send a smaller image.' },
  )
}
