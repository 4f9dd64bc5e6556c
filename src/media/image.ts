import { AppError } from '../errors.ts'

/** The formats that images are delivered in. */
export const IMAGE_FORMATS = ['png', 'jpeg', 'webp'] as const
export type ImageFormat = (typeof IMAGE_FORMATS)[number]

/** A file to be worked on: its bytes, what they really are, and what the caller called it. */
export type InputFile = {
  bytes: Uint8Array
  mimeType: string
  /** The caller's own words for it (path, URL, id); never a data URI. */
  name: string
  /** What of it was not taken as it was, a sentence each, for the caller; absent where nothing is to be said. */
  adjusted?: string[]
}

/** An input image after `media/load`: upright and without metadata. Sizes are pixels. */
export type InputImage = InputFile & { width: number; height: number }

/** What the maker of a file says it is: a MIME type, and an extension without its dot. Nothing here is proven. */
export type Declared = { contentType: string | null; extension: string | null }

/**
 * One finished file. It is read to disk by `media/save`, which decides its real type; of a job that has an upstream
 * id a stream can be read again, where the disk did not take it.
 */
export type ProviderOutput = {
  bytes: Uint8Array | AsyncIterable<Uint8Array>
  declared?: Declared
  /** Whether it stands in for something of another kind, which cannot be made here, and says so. */
  standsIn?: true
}

/** Longest side of a file of each format, in pixels. JPEG itself knows 65,535; its usual library takes 65,500. */
const LONGEST_SIDE: Readonly<Record<ImageFormat, number>> = {
  png: 0x7fff_ffff,
  jpeg: 65_500,
  webp: 16_383,
}

/** Throws `invalid_input` where a picture has more pixels on a side than its format can hold. */
export function assertFormatHolds(
  format: ImageFormat,
  { width, height }: { width: number; height: number },
): void {
  const longest = LONGEST_SIDE[format]
  if (Math.max(width, height) <= longest) return
  throw new AppError(
    'invalid_input',
    `The result has ${width} x ${height} pixels, and a ${format.toUpperCase()} file holds at most ${longest.toLocaleString('en')} a side.`,
    { hint: 'Leave outputFormat out for a PNG, or make the picture smaller first.' },
  )
}
