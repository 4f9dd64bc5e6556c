import { open } from 'node:fs/promises'
import { HTML, JSON_TYPE, SVG, TEXT, XML } from './kinds.ts'
import type { ImageSize } from './inspect.ts'

/** The beginning of a text file, and whether that is all of it. */
export type TextFile = { text: string; isWhole: boolean }

/** Bytes of a text that are looked at. */
const READ_MAX = 4 * 1024 * 1024

/** Characters that no text holds. */
const CONTROL = /[\0-\x08\x0e-\x1a\x1c-\x1f]/ // oxlint-disable-line no-control-regex -- that is what is looked for

/** A file as text, up to 4 MiB of it; null where it is not UTF-8. */
export async function readText(path: string): Promise<TextFile | null> {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(size, READ_MAX)))
    const isWhole = bytesRead === size
    const decoder = new TextDecoder('utf-8', { fatal: true })
    // The last character may be cut where that is not all.
    const text = decoder.decode(buffer.subarray(0, bytesRead), { stream: !isWhole })
    return CONTROL.test(text) ? null : { text, isWhole }
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  } finally {
    await handle.close()
  }
}

/** Tags by which browsers take a text for a page (WHATWG, MIME Sniffing, 7.1). */
const PAGE =
  /^<(?:!doctype\s+html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)[\s>]/i

/** The type of a text, by what it says. */
export function typeOfText({ text, isWhole }: TextFile): string {
  const begun = beginning(text)
  if (PAGE.test(begun.text)) return HTML
  if (rootOf(begun.text) !== null) return SVG
  if (begun.isXml) return XML
  return /^\s*[{[]/.test(text) && (!isWhole || isJson(text)) ? JSON_TYPE : TEXT
}

/** The size that a drawing says it has, in whole pixels; null where it says none that can be used. */
export function sizeOfSvg({ text }: TextFile): ImageSize | null {
  const root = rootOf(beginning(text).text) ?? ''
  const attribute = (name: string) => new RegExp(`\\s${name}\\s*=\\s*["']([^"']*)`).exec(root)?.[1]
  const [, , boxWidth, boxHeight] =
    attribute('viewBox')
      ?.trim()
      .split(/[\s,]+/) ?? []
  return inPixels(attribute('width'), attribute('height')) ?? inPixels(boxWidth, boxHeight)
}

/** Whether a drawing ends: its root is closed, or empty. */
export function isWholeSvg({ text, isWhole }: TextFile): boolean {
  if (!isWhole) return true
  return /<\/(?:\w+:)?svg\s*>/.test(text) || rootOf(beginning(text).text)?.endsWith('/>') === true
}

const SIDE_MAX = 100_000

function inPixels(
  ...sides: [width: string | undefined, height: string | undefined]
): ImageSize | null {
  const [width = 0, height = 0] = sides.map((side = '') =>
    /^\s*[\d.]+(?:px)?\s*$/.test(side) ? Math.round(Number.parseFloat(side)) : 0,
  )
  const isUsable = (side: number) => side >= 1 && side <= SIDE_MAX
  return isUsable(width) && isUsable(height) ? { width, height } : null
}

/** The first tag of a drawing. */
function rootOf(text: string): string | null {
  return /^<(?:\w+:)?svg(?:[\s/][^>]*)?>/.exec(text)?.[0] ?? null
}

/** Characters in which a text must come to its first tag. */
const HEAD_MAX = 65_536

const PROLOG: readonly (readonly [start: RegExp, end: string])[] = [
  [/^<\?/, '?>'],
  [/^<!--/, '-->'],
  [/^<!doctype\s(?!\s*html[\s>])[^[>]*\[/i, ']>'],
  [/^<!doctype\s(?!\s*html[\s>])/i, '>'],
]

/** The head of a text from its first tag on, without the declarations and comments before it. */
function beginning(text: string): { text: string; isXml: boolean } {
  const isXml = /^\s*<\?xml\s/.test(text)
  let rest = text.slice(0, HEAD_MAX).trimStart()
  for (;;) {
    const end = PROLOG.find(([start]) => start.test(rest))?.[1]
    const at = end === undefined ? -1 : rest.indexOf(end)
    if (end === undefined || at < 0) return { text: rest, isXml }
    rest = rest.slice(at + end.length).trimStart()
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
