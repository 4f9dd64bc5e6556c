import { readFile } from 'node:fs/promises'
import { AppError } from '../../errors.ts'
import { getSharp } from '../../media/sharp.ts'
import { assetPath } from './assets.ts'
import type { Raster } from './raster.ts'

/** The weights of the font that are used. */
const WEIGHTS = {
  regular: { folder: '500Medium', name: 'Manrope Medium' },
  bold: { folder: '800ExtraBold', name: 'Manrope ExtraBold' },
} as const

/** At this resolution a font's size is in pixels. */
const POINTS_PER_INCH = 72

/** A weight of the font. */
export type Weight = keyof typeof WEIGHTS

/** Text set in one colour, at most `width` pixels wide. */
export type Setting = {
  text: string
  weight: Weight
  /** `#rrggbb` */
  color: string
  width: number
  align?: 'left' | 'centre' | 'right'
} & (
  | { /** As large as fits into this height, in pixels. */ height: number }
  | { /** Of this size, in pixels, on as many lines as it takes. */ size: number }
)

/**
 * Sets text as pixels with transparency, in the font that comes with Inkwell: fonts of the system are
 * never needed. Lines break between words. Nothing is written where the font lacks a character.
 */
export async function renderText({
  text,
  weight,
  color,
  width,
  align = 'centre',
  ...extent
}: Setting): Promise<Raster> {
  const sharp = await getSharp()
  const font = WEIGHTS[weight].name
  const { data, info } = await sharp({
    text: {
      text: `<span foreground="${color}">${escaped(text)}</span>`,
      ...('height' in extent
        ? { font, wrap: 'word', height: Math.max(1, Math.floor(extent.height)) }
        : { font: `${font} ${extent.size}`, wrap: 'word-char', dpi: POINTS_PER_INCH }),
      fontfile: fontFile(weight),
      width: Math.max(1, Math.floor(width)),
      align,
      rgba: true,
      spacing: 0,
    },
  })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { pixels: data, width: info.width, height: info.height, channels: 4 }
}

let known: Promise<ReadonlySet<number>> | undefined

/** Whether the font has every character of a text (Latin, Greek and Cyrillic letters, no emoji). */
export async function hasGlyphs(text: string): Promise<boolean> {
  known ??= readFile(fontFile('bold')).then(charactersOf)
  const characters = await known
  return Array.from(text).every((character) => characters.has(character.codePointAt(0) ?? -1))
}

/** Throws `invalid_input` for a text that the font cannot write. */
export async function assertGlyphs(text: string): Promise<void> {
  if (await hasGlyphs(text)) return
  throw new AppError('invalid_input', 'The text has characters that the font here lacks.', {
    hint: 'Use Latin, Greek or Cyrillic letters, without emoji.',
  })
}

function fontFile(weight: Weight): string {
  const { folder } = WEIGHTS[weight]
  return assetPath('@expo-google-fonts/manrope', `${folder}/Manrope_${folder}.ttf`)
}

/** The characters of a TrueType font: its table `cmap` in format 4, segments of consecutive codes. */
function charactersOf(file: Buffer): ReadonlySet<number> {
  const cmap = tableOf(file, 'cmap')
  const characters = new Set<number>()
  for (let index = 0; index < file.readUInt16BE(cmap + 2); index += 1) {
    const table = cmap + file.readUInt32BE(cmap + 8 + index * 8)
    if (file.readUInt16BE(table) !== 4) continue
    const segments = file.readUInt16BE(table + 6)
    for (let segment = 0; segment < segments; segment += 2) {
      const end = file.readUInt16BE(table + 14 + segment)
      const start = file.readUInt16BE(table + 16 + segments + segment)
      for (let code = start; code <= end && code < 0xffff; code += 1) characters.add(code)
    }
  }
  return characters
}

function tableOf(file: Buffer, name: string): number {
  for (let index = 0; index < file.readUInt16BE(4); index += 1) {
    const entry = 12 + index * 16
    if (file.toString('latin1', entry, entry + 4) === name) return file.readUInt32BE(entry + 8)
  }
  throw new RangeError(`the font has no table ${name}`)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
