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
  /** Set for a placeholder of another kind, in place of a file that cannot be made here. */
  standsIn?: true
}
