import { AppError } from '../errors.ts'
import { OUTPUT_PIXELS_MAX } from '../pricing/scale.ts'
import { isMeasured, sniff } from './inspect.ts'
import { getSharp, openImage, type Sharp } from './sharp.ts'

/** A small copy of an image. Sizes are in pixels. */
export type Preview = {
  bytes: Uint8Array
  mimeType: 'image/png' | 'image/jpeg' | 'image/webp'
  width: number
  height: number
}

/** `maxSize` is the longer side in pixels (default 512), `maxBytes` the file size in bytes as base64 (default 100,000). */
export type PreviewOptions = { maxSize?: number; maxBytes?: number }

/** Three quarters, so that the file in base64 stays within the limit too. */
const BASE64_SHARE = 0.75
const IMAGE_NAME = /\.(png|jpg|webp|gif|avif|tiff)$/
const QUALITIES = [82, 65, 45]

/**
 * Returns a small copy of an image file (first frame, upright, never enlarged): JPEG, or PNG or WebP if it has
 * transparency. Null for types that are not decoded here (rendering an SVG is not safe), and if not even 16 pixels
 * fit into `maxBytes`. Throws `input_unreadable` if the file is missing or broken.
 */
export async function makePreview(
  path: string,
  { maxSize = 512, maxBytes = 100_000 }: PreviewOptions = {},
): Promise<Preview | null> {
  const sharp = await getSharp()
  try {
    if (!isMeasured(await sniff(path))) {
      // Files are named by their real type: one with an image extension that is no image was changed later.
      if (IMAGE_NAME.test(path)) throw new Error('not an image file')
      return null
    }
    return await shrink(sharp, path, { maxSize, targetBytes: Math.floor(maxBytes * BASE64_SHARE) })
  } catch (cause) {
    throw new AppError('input_unreadable', 'The saved file could not be shown.', {
      hint: 'It was moved, deleted or changed since it was made; make the image again if it is needed.',
      cause,
    })
  }
}

type Pixels = { data: Buffer; width: number; height: number; channels: 1 | 2 | 3 | 4 }

async function shrink(
  sharp: Sharp,
  path: string,
  { maxSize, targetBytes }: { maxSize: number; targetBytes: number },
): Promise<Preview | null> {
  const pixels = await decode(path, maxSize)
  const isOpaque = (await sharp(pixels.data, { raw: pixels }).stats()).isOpaque
  for (let side = maxSize; side >= Math.min(16, maxSize); side = Math.floor(side * 0.7)) {
    const image = sharp(pixels.data, { raw: pixels }).resize(inside(side))
    if (!isOpaque && side === maxSize) {
      const png = await encoded(image.clone().png(), 'image/png')
      if (png.bytes.length <= targetBytes) return png
    }
    for (const quality of QUALITIES) {
      const copy = isOpaque
        ? await encoded(image.clone().jpeg({ quality }), 'image/jpeg')
        : await encoded(image.clone().webp({ quality, alphaQuality: quality }), 'image/webp')
      if (copy.bytes.length <= targetBytes) return copy
    }
  }
  return null
}

/** Decodes the image once at its largest size, so that each later attempt is fast. */
async function decode(path: string, maxSize: number): Promise<Pixels> {
  const image = await openImage(path, OUTPUT_PIXELS_MAX)
  const { data, info } = await image
    .autoOrient()
    .resize(inside(maxSize))
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: info.channels }
}

function inside(side: number): {
  width: number
  height: number
  fit: 'inside'
  withoutEnlargement: true
} {
  return { width: side, height: side, fit: 'inside', withoutEnlargement: true }
}

async function encoded(image: ReturnType<Sharp>, mimeType: Preview['mimeType']): Promise<Preview> {
  const { data, info } = await image.toBuffer({ resolveWithObject: true })
  return { bytes: data, mimeType, width: info.width, height: info.height }
}
