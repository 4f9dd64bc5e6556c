import { AppError } from '../../errors.ts'
import { MAX_PIXELS } from '../../media/sharp.ts'
import type { Report, Result } from '../core/result.ts'
import {
  decode,
  encode,
  fromRaster,
  type ImageFile,
  type Raster,
  type Size,
} from '../core/raster.ts'

/** A picture to enlarge, 1 to 8 times. */
export type UpscaleRequest = { image: ImageFile; scale: number }

/** Longest side of an enlarged image, in pixels. */
export const MAX_UPSCALED_SIDE = 16_384
/** Most pixels that the network doubles at a time: about five seconds for each million. */
export const MAX_NETWORK_PIXELS = 4_000_000

/**
 * Enlarges an image by an exact factor of 1 to 8: a small network doubles it as often as it takes, and
 * the rest is plain resizing. Transparency is kept. Throws `invalid_input` above the limits,
 * `input_unreadable`.
 */
export async function upscale({ image, scale }: UpscaleRequest, report: Report): Promise<Result> {
  assertFits({ image, scale })
  const { raster, note } = await enlarged(await decode(image), scale, report)
  return { files: [await encode(raster, 'png')], notes: [note] }
}

/** A picture `scale` times as wide and high, with a sentence on how that was done. */
export async function enlarged(
  source: Raster,
  scale: number,
  report: Report,
): Promise<{ raster: Raster; note: string }> {
  const size = sizeOf(source, scale)
  const passes = passesFor(source, scale)
  const large = passes === 0 ? source : await doubled(source, passes, report)
  report(0.9, 'Writing the enlarged image')
  return {
    raster: await resizeTo(large, size),
    note: describe(source, size, { passes, scale }),
  }
}

/** The largest scale up to this one that stays within the limits; 1 where the picture itself is above them. */
export function scaleThatFits({ width, height }: Size, scale: number): number {
  const most = Math.min(
    MAX_UPSCALED_SIDE / Math.max(width, height),
    Math.sqrt(MAX_PIXELS / (width * height)),
  )
  return scale <= most ? scale : Math.max(1, Math.floor(most * 100) / 100)
}

/** Throws `invalid_input` where the enlarged image would be above the limits. */
export function assertFits({ image, scale }: UpscaleRequest): void {
  if (!(scale >= 1 && scale <= 8)) {
    throw new AppError('invalid_input', `A scale of ${scale} is outside 1 to 8.`, {
      hint: 'Choose a scale from 1 to 8.',
    })
  }
  const { width, height } = sizeOf(image, scale)
  if (width * height <= MAX_PIXELS && Math.max(width, height) <= MAX_UPSCALED_SIDE) return
  const limit = `${MAX_PIXELS / 1e6} megapixels and ${MAX_UPSCALED_SIDE} pixels a side`
  throw new AppError(
    'invalid_input',
    `${image.width} x ${image.height} times ${scale} is ${width} x ${height}; the limit is ${limit}.`,
    { hint: 'Choose a smaller scale or send a smaller image.' },
  )
}

function sizeOf({ width, height }: Size, scale: number): Size {
  return { width: Math.round(width * scale), height: Math.round(height * scale) }
}

/** How often the network doubles: until the size is reached or the picture is too large for it. */
function passesFor({ width, height }: Size, scale: number): number {
  let passes = 0
  while (2 ** passes < scale && width * height * 4 ** passes <= MAX_NETWORK_PIXELS) passes += 1
  return passes
}

async function doubled(source: Raster, passes: number, report: Report): Promise<Raster> {
  const [{ loadNetwork }, { double }, { joinAlpha, splitAlpha }] = await Promise.all([
    import('./weights.ts'),
    import('./double.ts'),
    import('./alpha.ts'),
  ])
  const network = await loadNetwork()
  const { colors, alpha } = splitAlpha(source)
  let picture = colors
  // Each pass is four times the work of the one before it.
  const shares = Array.from(
    { length: passes + 1 },
    (_, pass) => (4 ** pass - 1) / (4 ** passes - 1),
  )
  for (let pass = 0; pass < passes; pass += 1) {
    const [from = 0, to = 1] = shares.slice(pass)
    const onRows = (share: number) =>
      report(0.05 + 0.8 * (from + (to - from) * share), `Enlarging, pass ${pass + 1} of ${passes}`)
    picture = double(picture, network, onRows)
  }
  return joinAlpha(picture, alpha)
}

async function resizeTo(raster: Raster, { width, height }: Size): Promise<Raster> {
  if (raster.width === width && raster.height === height) return raster
  const isSmaller = raster.width > width
  const image = (await fromRaster(raster)).resize(width, height, {
    fit: 'fill',
    kernel: isSmaller ? 'lanczos3' : 'cubic',
  })
  const { data } = await image.raw().toBuffer({ resolveWithObject: true })
  return { pixels: data, width, height, channels: raster.channels }
}

function describe(
  source: Size,
  { width, height }: Size,
  { passes, scale }: { passes: number; scale: number },
): string {
  const sizes = `from ${source.width} x ${source.height} to ${width} x ${height}`
  if (scale === 1) return `The scale is 1: the picture stays ${width} x ${height}.`
  if (passes === 0)
    return `Enlarged ${sizes} by cubic interpolation, which adds no detail: above ${MAX_NETWORK_PIXELS / 1e6} megapixels a picture is too large for the network.`
  const rest =
    2 ** passes >= scale
      ? ''
      : `; the rest by cubic interpolation, as the network takes at most ${MAX_NETWORK_PIXELS / 1e6} megapixels`
  return `Enlarged ${sizes} by the Anime4K network, ${passes === 1 ? 'doubled once' : `doubled ${passes} times`}${rest}. It sharpens edges and invents no content.`
}
