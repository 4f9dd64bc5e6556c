import { AppError } from '../errors.ts'

/** The formats that images are delivered in. */
export const IMAGE_FORMATS = ['png', 'jpeg', 'webp'] as const
export type ImageFormat = (typeof IMAGE_FORMATS)[number]

/** An input file: its bytes, their type by content, and the caller's name for it. */
export type InputFile = {
  bytes: Uint8Array
  mimeType: string
  /** The caller's reference (path, URL, id) or a placeholder; never a data URI. */
  name: string
  /** One sentence for the caller about each change of the file; absent without changes. */
  adjusted?: string[]
}

/** An input image after `media/load`: upright and without metadata. Sizes are in pixels. */
export type InputImage = InputFile & { width: number; height: number }

/** The type that the sender of a file declares: a MIME type, and an extension without the dot. Not verified. */
export type Declared = { contentType: string | null; extension: string | null }

/**
 * One finished file. `media/save` writes it to disk and finds its real type. If the job has an upstream id, the
 * stream can be read again after a failure of the disk.
 */
export type ProviderOutput = {
  bytes: Uint8Array | AsyncIterable<Uint8Array>
  declared?: Declared
  /** An address at which its maker keeps it for some time. */
  source?: string
  /** Set for a placeholder of another kind, in place of a file that cannot be made here. */
  standsIn?: true
}

/** Longest side of each format, in pixels. JPEG itself allows 65,535; its common library allows 65,500. */
const LONGEST_SIDE: Readonly<Record<ImageFormat, number>> = {
  png: 0x7fff_ffff,
  jpeg: 65_500,
  webp: 16_383,
}

/** Throws `invalid_input` if a side of the image is longer than the format allows. */
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
