import type sharpModule from 'sharp'
import { AppError } from '../errors.ts'

export type Sharp = typeof sharpModule

/** What to do where a package is missing that npm left out. */
export const REINSTALL =
  'It was left out when Inkwell was installed. Install Inkwell again without --omit=optional: ' +
  '`npm i -g inkwell-mcp`, or `npm ci` in a clone.'

/** Limit of the pixels of an image: a decompression bomb is refused before it is decoded. */
export const MAX_PIXELS = 64_000_000

/** Time limit for one image, in seconds. */
const DECODE_SECONDS = 20

/**
 * Opens the first frame of an image, from a path or bytes. Every image is opened here. Reading it throws the library's
 * error for more than `maxPixels` (before decoding), for a file that is truncated or that the decoder reports as broken,
 * and after 20 s. Damage that the decoder can work around (in JPEG, GIF and TIFF data) is accepted.
 */
export async function openImage(source: string | Uint8Array, maxPixels = MAX_PIXELS) {
  const sharp = await getSharp()
  const image = sharp(source, {
    limitInputPixels: maxPixels,
    failOn: 'error',
    sequentialRead: true,
  })
  return image.timeout({ seconds: DECODE_SECONDS })
}

let loading: Promise<Sharp> | undefined

/** Returns the image library, loaded at first use (about 60 ms), so that a server starts without it. Throws `internal`. */
export function getSharp(): Promise<Sharp> {
  loading ??= load()
  return loading
}

async function load(): Promise<Sharp> {
  try {
    const { default: sharp } = await import('sharp')
    sharp.cache(false)
    return sharp
  } catch (cause) {
    throw new AppError(
      'internal',
      'The image library "sharp" could not be loaded on this machine.',
      {
        hint: 'Tell the operator of this server.',
        localHint: REINSTALL,
        cause,
      },
    )
  }
}
