import { atOnce } from '../at-once.ts'
import { AppError } from '../errors.ts'
import { OUTPUT_PIXELS_MAX } from '../pricing/scale.ts'
import { isMeasured, sniff, type ImageSize } from './inspect.ts'
import { getSharp, openImage, type Sharp } from './sharp.ts'

/** A small copy of an image. */
export type Preview = {
  bytes: Uint8Array
  mimeType: 'image/png' | 'image/jpeg' | 'image/webp'
}

/**
 * `maxSize` is the longer side in pixels (default 512), `maxBytes` the file size in bytes as base64 (default 100,000),
 * `mimeType` what the file was when it was saved.
 */
export type PreviewOptions = { maxSize?: number; maxBytes?: number; mimeType?: string }

/** Three quarters, so that the file in base64 stays within the limit too. */
const BASE64_SHARE = 0.75
const QUALITIES = [82, 65, 45] as const

/**
 * Returns a small copy of an image file (first frame, upright, never enlarged): JPEG, or PNG or WebP if it has
 * transparency. Null for types that are not decoded here (rendering an SVG is not safe), and if not even 16 pixels
 * fit into `maxBytes`. Throws `input_unreadable` if the file is missing or broken.
 */
export async function makePreview(
  source: string | Uint8Array,
  { maxSize = 512, maxBytes = 100_000, mimeType }: PreviewOptions = {},
): Promise<Preview | null> {
  const sharp = await getSharp()
  try {
    if (!isMeasured(await sniff(source))) {
      if (mimeType !== undefined && isMeasured(mimeType)) throw new Error('not an image any more')
      return null
    }
    const { preview } = await shrinking(() =>
      shrink(sharp, source, limitsOf({ maxSize, maxBytes })),
    )
    return preview
  } catch (cause) {
    throw new AppError('input_unreadable', 'The saved file could not be shown.', {
      hint: 'It was changed since it was made, and is damaged. Ask the operator of this server for it, with its id.',
      cause,
    })
  }
}

/**
 * As `makePreview`, for an image that is decoded here. Decodes it whole, once, and returns its size, too. Throws the
 * library's error for an image that is broken or cannot be shrunk.
 */
export async function measureAndShrink(
  source: string | Uint8Array,
  options: Omit<PreviewOptions, 'mimeType'> = {},
): Promise<Shrunk> {
  const sharp = await getSharp()
  return await shrinking(() => shrink(sharp, source, limitsOf(options)))
}

/** Reads a small copy that was stored. Null if it is none. */
export function readPreview(bytes: Uint8Array): Preview | null {
  const starts = (start: Buffer): boolean => start.equals(bytes.subarray(0, start.length))
  const mimeType = COPIES.find(([start]) => starts(start))?.[1]
  return mimeType === undefined ? null : { bytes, mimeType }
}

/** The first bytes of the types of small copies. */
const COPIES: readonly [start: Buffer, mimeType: Preview['mimeType']][] = [
  [Buffer.from('89504e47', 'hex'), 'image/png'],
  [Buffer.from('ffd8ff', 'hex'), 'image/jpeg'],
  [Buffer.from('RIFF'), 'image/webp'],
]

/** Pictures that are made small at once: as many as libuv has threads, which do the work. Others wait without a pixel. */
const shrinking = atOnce(4)

type Image = ReturnType<Sharp>
type Pixels = { data: Buffer; width: number; height: number; channels: 1 | 2 | 3 | 4 }
type Limits = { maxSize: number; targetBytes: number }
/** The size of an image, and its small copy. */
type Shrunk = ImageSize & { preview: Preview | null }

function limitsOf({ maxSize = 512, maxBytes = 100_000 }: PreviewOptions): Limits {
  return { maxSize, targetBytes: Math.floor(maxBytes * BASE64_SHARE) }
}

async function shrink(sharp: Sharp, source: string | Uint8Array, limits: Limits): Promise<Shrunk> {
  const image = await openImage(source, OUTPUT_PIXELS_MAX)
  const { hasAlpha, autoOrient } = await image.metadata()
  const { width, height } = autoOrient
  // Nearly every opaque image fits at once. From the file to JPEG in one go takes four fifths of the time.
  const [quality] = QUALITIES
  const jpeg = hasAlpha
    ? null
    : await encoded(jpegOf(upright(image, limits.maxSize), quality), 'image/jpeg')
  const fits = jpeg !== null && jpeg.bytes.length <= limits.targetBytes
  return { width, height, preview: fits ? jpeg : await shrinkUntilItFits(sharp, source, limits) }
}

async function shrinkUntilItFits(
  sharp: Sharp,
  source: string | Uint8Array,
  { maxSize, targetBytes }: Limits,
): Promise<Preview | null> {
  const pixels = await decode(source, maxSize)
  const isOpaque = hasNoTransparency(pixels)
  for (let side = maxSize; side >= Math.min(16, maxSize); side = Math.floor(side * 0.7)) {
    const image = sharp(pixels.data, { raw: pixels }).resize(inside(side))
    if (!isOpaque && side === maxSize) {
      const png = await encoded(image.clone().png(), 'image/png')
      if (png.bytes.length <= targetBytes) return png
    }
    for (const quality of QUALITIES) {
      const copy = isOpaque
        ? await encoded(jpegOf(image.clone(), quality), 'image/jpeg')
        : await encoded(image.clone().webp({ quality, alphaQuality: quality }), 'image/webp')
      if (copy.bytes.length <= targetBytes) return copy
    }
  }
  return null
}

/** Decodes the image once at its largest size, so that each later attempt is fast. */
async function decode(source: string | Uint8Array, maxSize: number): Promise<Pixels> {
  const image = await openImage(source, OUTPUT_PIXELS_MAX)
  const { data, info } = await upright(image, maxSize).raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels }
}

function upright(image: Image, maxSize: number): Image {
  return image.autoOrient().resize(inside(maxSize)).toColourspace('srgb')
}

/** Codes fitted to each picture save a fiftieth of a photograph, and take a tenth of the time. */
function jpegOf(image: Image, quality: number | undefined): Image {
  return image.jpeg({ quality, optimiseCoding: false })
}

/** Looks at the last channel of each pixel. Statistics of sharp take longer than all the rest. */
function hasNoTransparency({ data, channels }: Pixels): boolean {
  if (channels === 1 || channels === 3) return true
  for (let at = channels - 1; at < data.length; at += channels) if (data[at] !== 255) return false
  return true
}

function inside(side: number): {
  width: number
  height: number
  fit: 'inside'
  withoutEnlargement: true
} {
  return { width: side, height: side, fit: 'inside', withoutEnlargement: true }
}

async function encoded(image: Image, mimeType: Preview['mimeType']): Promise<Preview> {
  return { bytes: await image.toBuffer(), mimeType }
}
