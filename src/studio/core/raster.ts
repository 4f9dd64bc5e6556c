import { AppError } from '../../errors.ts'
import { assertFormatHolds, type ImageFormat } from '../../media/image.ts'
import { getSharp, MAX_PIXELS, openImage } from '../../media/sharp.ts'

/** Width and height in pixels. */
export type Size = { width: number; height: number }

/** An image file, and the size that it was measured to have, upright. */
export type ImageFile = Size & { bytes: Uint8Array }

/** Pixels row by row, 8 bits a channel, sRGB; the fourth channel is straight alpha. */
export type Raster = Size & { pixels: Uint8Array; channels: 3 | 4 }

/** Decodes an image file to upright RGBA. Throws `input_unreadable` where its bytes cannot be decoded. */
export async function decode(image: ImageFile): Promise<Raster> {
  try {
    const opened = await openImage(image.bytes)
    const { data, info } = await opened
      .autoOrient()
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    return { pixels: data, width: info.width, height: info.height, channels: 4 }
  } catch (cause) {
    throw unreadable(cause)
  }
}

/**
 * The file of a raster. JPEG knows no transparency: what is transparent becomes white there. Throws `invalid_input`
 * where the format holds no picture that large.
 */
export async function encode(raster: Raster, format: ImageFormat): Promise<Uint8Array> {
  assertFormatHolds(format, raster)
  const image = await fromRaster(raster)
  switch (format) {
    case 'png':
      return image.png({ compressionLevel: 7, adaptiveFiltering: false }).toBuffer()
    case 'jpeg':
      return image.flatten({ background: '#ffffff' }).jpeg({ quality: 90 }).toBuffer()
    case 'webp':
      return image.webp({ quality: 90, alphaQuality: 100 }).toBuffer()
  }
}

/** Returns a sharp pipeline that starts with this raster. */
export async function fromRaster({ pixels, width, height, channels }: Raster) {
  const sharp = await getSharp()
  return sharp(pixels, { raw: { width, height, channels }, limitInputPixels: MAX_PIXELS })
}

type Pipeline = Awaited<ReturnType<typeof fromRaster>>

/** Runs a pipeline and returns its result as RGBA. */
export async function toRaster(pipeline: Pipeline): Promise<Raster> {
  const { data, info } = await pipeline.ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return { pixels: data, width: info.width, height: info.height, channels: 4 }
}

/** Returns a raster as input of sharp's `composite`. */
export function asLayer({ pixels, width, height, channels }: Raster) {
  return { input: Buffer.from(pixels), raw: { width, height, channels } }
}

/** Returns the error for bytes that no decoder accepts; `cause` is only logged. */
function unreadable(cause: unknown): AppError {
  return new AppError('input_unreadable', 'The input image could not be decoded.', {
    hint: `Send a complete PNG, JPEG or WebP of at most ${MAX_PIXELS / 1e6} megapixels.`,
    cause,
  })
}
