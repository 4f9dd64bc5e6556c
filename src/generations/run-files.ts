import { AppError } from '../errors.ts'
import { decodeDataUri } from '../media/data-uri.ts'
import { isMeasured, sniff } from '../media/inspect.ts'
import { inQuotes } from '../media/reference.ts'
import type { InputFile, InputImage } from '../media/image.ts'
import { LINK_FIELD, replaceLeaves } from '../providers/run-files.ts'
import type { AssetTable } from '../db/schema/generations.ts'

/** Most saved files in one input: as many as other tools accept images. */
const FILES_MAX = 10

/** Loads the files of a request. */
export type Sources = {
  load: (reference: string) => Promise<InputImage>
  /** Returns the saved file that an id or link names; null for any other text. */
  find: (reference: string) => Promise<AssetTable | null>
  read: (asset: AssetTable, reference: string) => Promise<Uint8Array>
}

/**
 * Returns the input of a `run` with its local files loaded. In link fields these are references to saved files and
 * images on this machine; in any field they are data: URIs of images. Links to other servers stay, for the model to
 * fetch. Throws `invalid_input` for more than ten files, and what the loader throws.
 */
export async function loadRunInput(
  input: Record<string, unknown>,
  sources: Sources,
): Promise<Record<string, unknown>> {
  let count = 0
  return await replaceLeaves(input, async (value, field) => {
    const file = typeof value === 'string' ? await fileAt(value, field, sources) : null
    if (file === null) return value
    count += 1
    if (count > FILES_MAX) throw tooMany()
    return file
  })
}

async function fileAt(
  value: string,
  field: string,
  { load, find, read }: Sources,
): Promise<InputFile | null> {
  if (/^\s*data:/i.test(value)) return (await isImage(value)) ? await load(value) : null
  if (!LINK_FIELD.test(field) || value === '') return null
  const saved = await find(value)
  if (saved === null) return isElsewhere(value) ? null : await load(value)
  const { mime_type: mimeType } = saved
  if (isMeasured(mimeType)) return await load(value)
  // A video, audio file or vector drawing was made here, so it has no private metadata to remove.
  return { bytes: await read(saved, value), mimeType, name: inQuotes(value).slice(1, -1) }
}

/** Whether a text is a URL, but not of a file on this machine or a saved file. */
function isElsewhere(value: string): boolean {
  return /^\s*[a-z][a-z0-9+.-]+:/i.test(value) && !/^\s*(file|inkwell):/i.test(value)
}

async function isImage(dataUri: string): Promise<boolean> {
  try {
    return (await sniff(decodeDataUri(dataUri)))?.startsWith('image/') === true
  } catch {
    return false // a text that only begins like a data: URI stays as it is
  }
}

function tooMany(): AppError {
  return new AppError('invalid_input', `input names more than ${FILES_MAX} files of ours.`, {
    hint: 'Send fewer, or give public https: URLs.',
  })
}
