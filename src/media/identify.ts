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

/** The type of a file; its text if the bytes were read as such. */
export type Identity = {
  mimeType: string
  /** Without the dot. */
  extension: string
  text: TextFile | null
}

/**
 * Identifies a result by its bytes, or by those at a path; the declared type is used only where they do not decide.
 * Throws `no_output` for a kind that was not requested, and for a web page in place of a file.
 */
export async function identify(
  source: string | Uint8Array,
  { declared, standsIn }: ProviderOutput,
  kind: Modality | null,
): Promise<Identity> {
  const declaredKind = kindDeclared(declared ?? { contentType: null, extension: null })
  const content = await readKind(source)
  const useDeclared = declaredKind?.looksLike.includes(content.kind.mimeType) === true
  const { mimeType, extension } = useDeclared ? declaredKind : content.kind
  const fault = kind === null || standsIn ? null : mismatch(mimeType, kind)
  if (fault !== null) throw noOutput(fault)
  if (mimeType === HTML && isFile(declaredKind)) throw noOutput('a web page in place of the file')
  return { mimeType, extension, text: content.text }
}

/** Returns whether a web page was declared as something else: then it is an error page and not the result. */
function isFile(declaredKind: Kind | undefined): boolean {
  return declaredKind !== undefined && !MAY_BE_PAGES.includes(declaredKind.mimeType)
}

const MAY_BE_PAGES = [HTML, TEXT, 'text/markdown', BINARY]

/** Rethrows a system error, which says nothing about the content of the file. Returns null for other errors. */
function nullUnlessOurs(cause: unknown): null {
  if (cause instanceof Error && 'syscall' in cause) throw cause
  return null
}

type Content = { kind: Kind; text: TextFile | null }

async function readKind(source: string | Uint8Array): Promise<Content> {
  const sniffed = kindOfType((await sniff(source).catch(nullUnlessOurs)) ?? '')
  if (sniffed !== undefined && sniffed.looksLike.length === 0 && sniffed.mimeType !== XML)
    return { kind: sniffed, text: null }
  const text = await readText(source)
  const kind = kindOfType(text === null ? BINARY : typeOfText(text))
  if (kind === undefined) throw new RangeError('a sniffed type is not on the list')
  return { kind, text }
}

/** Returns the size of a file in pixels; null if it has none. Throws `no_output` for a damaged image. */
export async function sizeOf(
  source: string | Uint8Array,
  { mimeType, text }: Pick<Identity, 'mimeType' | 'text'>,
): Promise<ImageSize | { width: null; height: null }> {
  const none = { width: null, height: null }
  if (mimeType === SVG && text !== null) {
    if (!isWholeSvg(text)) throw noOutput('a damaged image')
    return sizeOfSvg(text) ?? none
  }
  if (!isMeasured(mimeType)) return none
  try {
    return await measureImage(source, OUTPUT_PIXELS_MAX)
  } catch (cause) {
    throw cause instanceof AppError ? cause : noOutput('a damaged image', cause)
  }
}

/** Returns the error for an unusable result. `what` completes "The image service delivered …". */
export function noOutput(what: string, cause?: unknown): AppError {
  return new AppError('no_output', `The image service delivered ${what}.`, {
    hint: 'Nothing was saved. Call again, or use another model.',
    cause,
  })
}
