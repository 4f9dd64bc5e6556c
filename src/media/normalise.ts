import type { Metadata } from 'sharp'
import type { InputImage } from './image.ts'
import type { Cut } from './cut/cut.ts'
import { cutGif } from './cut/gif.ts'
import { cutJpeg } from './cut/jpeg.ts'
import { cutPng } from './cut/png.ts'
import { cutWebp } from './cut/webp.ts'
import { openImage } from './sharp.ts'

/** Colour spaces whose values are written unchanged, with the original colour profile. */
const KEPT_SPACES: Readonly<Record<string, 'srgb' | 'b-w'>> = {
  srgb: 'srgb',
  rgb16: 'srgb',
  'b-w': 'b-w',
  grey16: 'b-w',
}

/** High quality, for JPEG files that must be encoded again. */
const JPEG_OPTIONS = { quality: 95, chromaSubsampling: '4:4:4' } as const

/** PNG is written up to this many pixels: for a large photo it takes many seconds and ten times the bytes. */
const PNG_PIXELS_MAX = 10_000_000

/**
 * Prepares a checked image to leave this machine: upright, first frame only, without EXIF, XMP, IPTC and comments,
 * with its colour profile, CMYK as sRGB. Where possible only metadata is cut out and the pixels stay as they are, so
 * a clean PNG, JPEG, WebP, GIF or AVIF is returned byte for byte. Otherwise JPEG is encoded again as JPEG; other types
 * become PNG, or JPEG if large and without transparency. `adjusted` tells about lost frames and changed colours.
 * Throws as `openImage` does.
 */
export async function normaliseImage(image: InputImage, shown: string): Promise<InputImage> {
  const metadata = await (await openImage(image.bytes)).metadata()
  const { bytes, frames } = cut(image, metadata)
  const isCmyk = metadata.space === 'cmyk'
  const isUpright = (metadata.orientation ?? 1) <= 1
  const clean =
    bytes !== null && isUpright && !isCmyk ? { bytes } : await encodeAgain(image, metadata)
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
    case 'image/tiff': // metadata is in too many places, and few models read TIFF
      return { bytes: null, frames: pages }
    default: {
      const isClean = pages === 1 && !exif && !xmp && !iptc
      return { bytes: isClean ? bytes : null, frames: pages }
    }
  }
}

/** Encodes the pixels in a new file. */
async function encodeAgain(
  { bytes, mimeType, width, height }: InputImage,
  { space, hasAlpha }: Metadata,
): Promise<Pick<InputImage, 'bytes' | 'mimeType' | 'width' | 'height'>> {
  const keptSpace = KEPT_SPACES[space ?? '']
  const opened = (await openImage(bytes)).autoOrient().toColourspace(keptSpace ?? 'srgb')
  const image = keptSpace === undefined ? opened : opened.keepIccProfile()
  const isLarge = width * height > PNG_PIXELS_MAX && !hasAlpha
  const isJpeg = mimeType === 'image/jpeg' || isLarge
  const encoder = isJpeg ? image.jpeg(JPEG_OPTIONS) : image.png({ compressionLevel: 3 })
  const { data, info } = await encoder.toBuffer({ resolveWithObject: true })
  const type = isJpeg ? 'image/jpeg' : 'image/png'
  return { bytes: data, mimeType: type, width: info.width, height: info.height }
}
