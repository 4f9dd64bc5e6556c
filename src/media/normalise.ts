import type { Metadata } from 'sharp'
import type { InputImage } from './image.ts'
import type { Cut } from './cut/cut.ts'
import { cutGif } from './cut/gif.ts'
import { cutJpeg } from './cut/jpeg.ts'
import { cutPng } from './cut/png.ts'
import { cutWebp } from './cut/webp.ts'
import { openImage } from './sharp.ts'

/** Colour spaces whose numbers go into a file as they are, under the colour profile that they came with. */
const PLAIN: Readonly<Record<string, 'srgb' | 'b-w'>> = {
  srgb: 'srgb',
  rgb16: 'srgb',
  'b-w': 'b-w',
  grey16: 'b-w',
}

/** The least that JPEG may lose where its pixels have to be written anew. */
const JPEG_OPTIONS = { quality: 95, chromaSubsampling: '4:4:4' } as const

/** A PNG is written up to this many pixels: of a large photo it takes many seconds and ten times the bytes. */
const PNG_PIXELS_MAX = 10_000_000

/**
 * A checked image as it may leave this machine: upright, its first frame only, without EXIF, XMP, IPTC and comments,
 * its colour profile kept, CMYK as sRGB. Bytes are cut and pixels left alone wherever that is enough, so that a
 * clean PNG, JPEG, WebP, GIF or AVIF comes out as the very bytes that came in. Else JPEG is written as JPEG, and
 * anything else as PNG, or as JPEG where it is large and hides nothing. `adjusted` says what a person would miss.
 * Throws what `openImage` does.
 */
export async function normaliseImage(image: InputImage, shown: string): Promise<InputImage> {
  const metadata = await (await openImage(image.bytes)).metadata()
  const { bytes, frames } = cut(image, metadata)
  const isCmyk = metadata.space === 'cmyk'
  const isUpright = (metadata.orientation ?? 1) <= 1
  const clean = bytes !== null && isUpright && !isCmyk ? { bytes } : await written(image, metadata)
  const isPaged = image.mimeType === 'image/tiff'
  const adjusted = [
    ...(frames > 1
      ? [
          `${shown} ${isPaged ? `has ${frames} pages` : `is an animation of ${frames} frames`}: the first was used.`,
        ]
      : []),
    ...(isCmyk ? [`${shown} was turned from CMYK into sRGB.`] : []),
  ]
  return { ...image, ...clean, ...(adjusted.length > 0 && { adjusted }) }
}

function cut({ bytes, mimeType }: InputImage, { pages = 1, exif, xmp, iptc }: Metadata): Cut {
  switch (mimeType) {
    case 'image/png':
      return cutPng(bytes)
    case 'image/jpeg':
      return cutJpeg(bytes)
    case 'image/webp':
      return cutWebp(bytes)
    case 'image/gif':
      return cutGif(bytes)
    case 'image/tiff': // keeps things in too many places, and few models read it
      return { bytes: null, frames: pages }
    default: {
      const isClean = pages === 1 && !exif && !xmp && !iptc
      return { bytes: isClean ? bytes : null, frames: pages }
    }
  }
}

/** The pixels in a new file. */
async function written(
  { bytes, mimeType, width, height }: InputImage,
  { space, hasAlpha }: Metadata,
): Promise<Pick<InputImage, 'bytes' | 'mimeType' | 'width' | 'height'>> {
  const plain = PLAIN[space ?? '']
  const opened = (await openImage(bytes)).autoOrient().toColourspace(plain ?? 'srgb')
  const image = plain === undefined ? opened : opened.keepIccProfile()
  const isLarge = width * height > PNG_PIXELS_MAX && !hasAlpha
  const isJpeg = mimeType === 'image/jpeg' || isLarge
  const made = isJpeg ? image.jpeg(JPEG_OPTIONS) : image.png({ compressionLevel: 3 })
  const { data, info } = await made.toBuffer({ resolveWithObject: true })
  const type = isJpeg ? 'image/jpeg' : 'image/png'
  return { bytes: data, mimeType: type, width: info.width, height: info.height }
}
