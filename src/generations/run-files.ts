import { AppError } from '../errors.ts'
import { decodeDataUri } from '../media/data-uri.ts'
import { isMeasured, sniff } from '../media/inspect.ts'
import { readOwn } from '../media/read-file.ts'
import { inQuotes } from '../media/reference.ts'
import type { InputFile, InputImage } from '../media/image.ts'
import { LINK_FIELD, replaceLeaves } from '../providers/run-files.ts'
import type { AssetTable } from '../db/schema/generations.ts'

/** Most files of ours in one input, as many as other tools take images. */
const FILES_MAX = 10

/** Where the files of a request come from. */
export type Sources = {
  load: (reference: string) => Promise<InputImage>
  /** The saved file that an id or link of ours names; null for what is neither. */
  find: (reference: string) => Promise<AssetTable | null>
  signal: AbortSignal
}

/**
 * The own input of a model with the files in it that are here loaded in their place: in its fields of addresses whatever
 * names one of ours or an image of this machine, anywhere a data: URI of an image. Addresses elsewhere stay, for the model
 * to fetch. Throws `invalid_input` for more than ten, and what the loader throws.
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
  { load, find, signal }: Sources,
): Promise<InputFile | null> {
  if (/^\s*data:/i.test(value)) return (await isImage(value)) ? await load(value) : null
  if (!LINK_FIELD.test(field) || value === '') return null
  const saved = await find(value)
  if (saved === null) return isElsewhere(value) ? null : await load(value)
  const { path, mime_type: mimeType } = saved
  if (isMeasured(mimeType)) return await load(value)
  // A film, a sound or a drawing that was made here holds nothing of anybody's.
  return { bytes: await readOwn(path, value, signal), mimeType, name: inQuotes(value).slice(1, -1) }
}

/** Whether a text is an address of any kind but that of a file here. */
function isElsewhere(value: string): boolean {
  return /^\s*[a-z][a-z0-9+.-]+:/i.test(value) && !/^\s*(file|inkwell):/i.test(value)
}

async function isImage(dataUri: string): Promise<boolean> {
  try {
    return (await sniff(decodeDataUri(dataUri)))?.startsWith('image/') === true
  } catch {
    return false // then it is a text that only begins like one, and stays
  }
}

function tooMany(): AppError {
  return new AppError('invalid_input', `input names more than ${FILES_MAX} files of ours.`, {
    hint: 'Send fewer, or give public https: URLs.',
  })
}
