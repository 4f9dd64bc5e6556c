import { open } from 'node:fs/promises'
import { HTML, JSON_TYPE, SVG, TEXT, XML } from './kinds.ts'
import type { ImageSize } from './inspect.ts'

/** The beginning of a text file, and whether it is the whole file. */
export type TextFile = { text: string; isWhole: boolean }

/** Number of bytes read from a text file. */
const READ_MAX = 4 * 1024 * 1024

/** Control characters that texts do not contain. */
const CONTROL = /[\0-\x08\x0e-\x1a\x1c-\x1f]/ // oxlint-disable-line no-control-regex -- control characters are what it finds

/** Reads the first 4 MiB of a file, or of bytes, as text; null if it is not UTF-8 text. */
export async function readText(source: string | Uint8Array): Promise<TextFile | null> {
  const { head, isWhole } = await headOf(source)
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true })
    // The last character may be incomplete if this is not the whole file.
    const text = decoder.decode(head, { stream: !isWhole })
    return CONTROL.test(text) ? null : { text, isWhole }
  } catch (error) {
    if (error instanceof TypeError) return null
    throw error
  }
}

async function headOf(
  source: string | Uint8Array,
): Promise<{ head: Uint8Array; isWhole: boolean }> {
  if (typeof source !== 'string')
    return { head: source.subarray(0, READ_MAX), isWhole: source.length <= READ_MAX }
  const handle = await open(source, 'r')
  try {
    const { size } = await handle.stat()
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(size, READ_MAX)))
    return { head: buffer.subarray(0, bytesRead), isWhole: bytesRead === size }
  } finally {
    await handle.close()
  }
}

/** Tags by which browsers recognise HTML (WHATWG, MIME Sniffing, 7.1). */
const PAGE =
  /^<(?:!doctype\s+html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)[\s>]/i

/** Returns the MIME type of a text, by its content. */
export function typeOfText({ text, isWhole }: TextFile): string {
  const head = beginning(text)
  if (PAGE.test(head.text)) return HTML
  if (rootOf(head.text) !== null) return SVG
  if (head.isXml) return XML
  return /^\s*[{[]/.test(text) && (!isWhole || isJson(text)) ? JSON_TYPE : TEXT
}

/** Returns the declared size of an SVG in whole pixels; null if there is no usable one. */
export function sizeOfSvg({ text }: TextFile): ImageSize | null {
  const root = rootOf(beginning(text).text) ?? ''
  const attribute = (name: string) => new RegExp(`\\s${name}\\s*=\\s*["']([^"']*)`).exec(root)?.[1]
  const [, , boxWidth, boxHeight] =
    attribute('viewBox')
      ?.trim()
      .split(/[\s,]+/) ?? []
  return inPixels(attribute('width'), attribute('height')) ?? inPixels(boxWidth, boxHeight)
}

/** Returns whether an SVG is complete: its root element is closed. */
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

/** The root tag of an SVG. */
function rootOf(text: string): string | null {
  return /^<(?:\w+:)?svg(?:[\s/][^>]*)?>/.exec(text)?.[0] ?? null
}

/** The first tag must be within this many characters. */
const HEAD_MAX = 65_536

const PROLOG: readonly (readonly [start: RegExp, end: string])[] = [
  [/^<\?/, '?>'],
  [/^<!--/, '-->'],
  [/^<!doctype\s(?!\s*html[\s>])[^[>]*\[/i, ']>'],
  [/^<!doctype\s(?!\s*html[\s>])/i, '>'],
]

/** Skips declarations and comments and returns the text from its first tag on. */
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
