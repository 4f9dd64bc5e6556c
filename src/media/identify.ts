import { AppError } from '../errors.ts'
import type { Modality } from '../pricing/catalog.ts'
import type { ProviderOutput } from './image.ts'
import { OUTPUT_PIXELS_MAX } from '../pricing/scale.ts'
import { type ImageSize, isMeasured, measureImage, sniff } from './inspect.ts'
import {
  BINARY,
  HTML,
  kindDeclared,
  kindOfType,
  mismatch,
  SVG,
  TEXT,
  XML,
  type Kind,
} from './kinds.ts'
import { isWholeSvg, readText, sizeOfSvg, typeOfText, type TextFile } from './text-type.ts'

/** What a file is. Sizes are pixels, null for what has none. */
export type Identity = {
  mimeType: string
  /** Without its dot. */
  extension: string
  width: number | null
  height: number | null
}

/**
 * What a result is: by its bytes, and by the word of its maker only where they do not tell. Throws `no_output` for
 * a damaged image, for another kind than the one asked for, and for a web page in the place of a file.
 */
export async function identify(
  path: string,
  { declared, standsIn }: ProviderOutput,
  kind: Modality | null,
): Promise<Identity> {
  const word = kindDeclared(declared ?? { contentType: null, extension: null })
  const found = await look(path)
  const isSaid = word?.looksLike.includes(found.kind.mimeType) === true
  const { mimeType, extension } = isSaid ? word : found.kind
  const wrong = kind === null || standsIn ? null : mismatch(mimeType, kind)
  if (wrong !== null) throw noOutput(wrong)
  if (mimeType === HTML && isFile(word)) throw noOutput('a web page in place of the file')
  return { mimeType, extension, ...(await sizeOf(path, mimeType, found.text)) }
}

/** Whether the maker of a page calls it something that is no page: then it is not what was made. */
function isFile(word: Kind | undefined): boolean {
  return word !== undefined && !MAY_BE_PAGES.includes(word.mimeType)
}

const MAY_BE_PAGES = [HTML, TEXT, 'text/markdown', BINARY]

/** A file that this machine cannot read back says nothing about what is in it. */
function nullUnlessOurs(cause: unknown): null {
  if (cause instanceof Error && 'syscall' in cause) throw cause
  return null
}

type Look = { kind: Kind; text: TextFile | null }

async function look(path: string): Promise<Look> {
  const sniffed = kindOfType((await sniff(path).catch(nullUnlessOurs)) ?? '')
  if (sniffed !== undefined && sniffed.looksLike.length === 0 && sniffed.mimeType !== XML)
    return { kind: sniffed, text: null }
  const text = await readText(path)
  const kind = kindOfType(text === null ? BINARY : typeOfText(text))
  if (kind === undefined) throw new RangeError('a type that is told by bytes is not on the list')
  return { kind, text }
}

async function sizeOf(
  path: string,
  mimeType: string,
  text: TextFile | null,
): Promise<ImageSize | { width: null; height: null }> {
  const none = { width: null, height: null }
  if (mimeType === SVG && text !== null) {
    if (!isWholeSvg(text)) throw noOutput('a damaged image')
    return sizeOfSvg(text) ?? none
  }
  if (!isMeasured(mimeType)) return none
  try {
    return await measureImage(path, OUTPUT_PIXELS_MAX)
  } catch (cause) {
    throw cause instanceof AppError ? cause : noOutput('a damaged image', cause)
  }
}

/** Nothing came that could be kept. `what` ends "The image service delivered …". */
export function noOutput(what: string, cause?: unknown): AppError {
  return new AppError('no_output', `The image service delivered ${what}.`, {
    hint: 'Nothing was saved. Call again, or use another model.',
    cause,
  })
}
