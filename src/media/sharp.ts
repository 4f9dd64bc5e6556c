import type sharpModule from 'sharp'
import { AppError } from '../errors.ts'

export type Sharp = typeof sharpModule

/** Most pixels any image may have, decoded: a bomb is refused before it is unpacked. */
export const MAX_PIXELS = 64_000_000

/** Time one image may take, in seconds. */
const DECODE_SECONDS = 20

/**
 * How every image file or its bytes are opened, whatever for: its first frame, row by row. What comes of it
 * throws the library's error for more than `maxPixels`, before they are unpacked, for a file that is cut off or that its
 * decoder calls broken, and after 20 s; damage that a decoder can work around (in JPEG, GIF and TIFF data) passes.
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

/** The image library, loaded on first use (about 60 ms), so that a server starts without it. */
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
        hint: 'Tell whoever runs this server.',
        localHint:
          'Reinstall Inkwell with its optional dependencies (npm without --omit=optional).',
        cause,
      },
    )
  }
}
