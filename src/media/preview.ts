import { AppError } from '../errors.ts'
import { OUTPUT_PIXELS_MAX } from '../pricing/scale.ts'
import { isMeasured, sniff } from './inspect.ts'
import { getSharp, openImage, type Sharp } from './sharp.ts'

export type Preview = {
  bytes: Uint8Array
  mimeType: 'image/png' | 'image/jpeg' | 'image/webp'
  width: number
  height: number
}

/** `maxSize` is the longer side in pixels (default 512), `maxBytes` the file's size (default 100,000). */
export type PreviewOptions = { maxSize?: number; maxBytes?: number }

/** Three quarters, so that base64 of the file stays within the limit too. */
const BASE64_SHARE = 0.75
const PICTURE = /\.(png|jpg|webp|gif|avif|tiff)$/
const QUALITIES = [82, 65, 45]

/**
 * A small copy of an image file (its first frame, turned upright, never enlarged): JPEG, or PNG or WebP
 * where it is see-through. Null for what cannot be shown here (a drawing in SVG could do anything while it is
 * drawn), and where not even 16 pixels fit into `maxBytes`. Throws `input_unreadable` where the file is gone or broken.
 */
export async function makePreview(
  path: string,
  { maxSize = 512, maxBytes = 100_000 }: PreviewOptions = {},
): Promise<Preview | null> {
  const sharp = await getSharp()
  try {
    if (!isMeasured(await sniff(path))) {
      // Files are named after their real type: one that is called a picture and is none has changed since.
      if (PICTURE.test(path)) throw new Error('not an image file')
      return null
    }
    return await shrink(sharp, path, { maxSize, aimBytes: Math.floor(maxBytes * BASE64_SHARE) })
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
  { maxSize, aimBytes }: { maxSize: number; aimBytes: number },
): Promise<Preview | null> {
  const pixels = await decode(path, maxSize)
  const isOpaque = (await sharp(pixels.data, { raw: pixels }).stats()).isOpaque
  for (let side = maxSize; side >= Math.min(16, maxSize); side = Math.floor(side * 0.7)) {
    const image = sharp(pixels.data, { raw: pixels }).resize(inside(side))
    if (!isOpaque && side === maxSize) {
      const png = await encoded(image.clone().png(), 'image/png')
      if (png.bytes.length <= aimBytes) return png
    }
    for (const quality of QUALITIES) {
      const copy = isOpaque
        ? await encoded(image.clone().jpeg({ quality }), 'image/jpeg')
        : await encoded(image.clone().webp({ quality, alphaQuality: quality }), 'image/webp')
      if (copy.bytes.length <= aimBytes) return copy
    }
  }
  return null
}

/** The image at its final size, unpacked once so that every attempt after that is cheap. */
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
