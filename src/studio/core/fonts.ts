import { readFile } from 'node:fs/promises'
import { getSharp } from '../../media/sharp.ts'
import { assetPath } from './assets.ts'

/** The weights that text is set in; a font of one weight has the same for both. */
export type Weight = 'regular' | 'bold'

/** A font that comes with Inkwell. */
export type Font = {
  packageName: string
  /** Its name, and its file below the package, by weight. */
  faces: Record<Weight, { name: string; file: string }>
}

/** The font of Latin, Greek and Cyrillic text, and of digits and signs in any text. */
export const MAIN_FONT = font('@expo-google-fonts/manrope', {
  regular: ['Manrope Medium', '500Medium/Manrope_500Medium.ttf'],
  bold: ['Manrope ExtraBold', '800ExtraBold/Manrope_800ExtraBold.ttf'],
})

const JAPANESE = font('@expo-google-fonts/dela-gothic-one', {
  bold: ['Dela Gothic One', '400Regular/DelaGothicOne_400Regular.ttf'],
})
/** Fonts for what the main one lacks; the first wins where two have as much of a text. */
const OTHERS: readonly Font[] = [
  font('@expo-google-fonts/cairo', {
    regular: ['Cairo Medium', '500Medium/Cairo_500Medium.ttf'],
    bold: ['Cairo ExtraBold', '800ExtraBold/Cairo_800ExtraBold.ttf'],
  }),
  font('@expo-google-fonts/zcool-kuaile', {
    bold: ['ZCOOL KuaiLe', '400Regular/ZCOOLKuaiLe_400Regular.ttf'],
  }),
  JAPANESE,
  font('@expo-google-fonts/do-hyeon', { bold: ['Do Hyeon', '400Regular/DoHyeon_400Regular.ttf'] }),
]

/** Characters that need no glyph: joiners and marks of direction. Those that choose an emoji do. */
const SILENT = /[\u200c-\u200f\u061c\u2066-\u2069]/u

/** The fonts that write a text together, the main one first; null where a character is in none of them. */
export async function fontsFor(text: string): Promise<Font[] | null> {
  const fonts = [MAIN_FONT]
  let missing = await without(
    MAIN_FONT,
    [...new Set(text)].filter((char) => !SILENT.test(char)),
  )
  const rest = new Set(missing.length === 0 ? [] : OTHERS)
  while (missing.length > 0) {
    const left = await Promise.all(
      [...rest].map(async (other) => ({ other, lacks: await without(other, missing) })),
    )
    const isJapanese = /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(missing.join(''))
    const best = left
      .toSorted((one, two) => one.lacks.length - two.lacks.length)
      .find(({ other }, index) => (isJapanese ? other === JAPANESE : index === 0))
    if (best === undefined || best.lacks.length === missing.length) return null
    fonts.push(best.other)
    rest.delete(best.other)
    missing = best.lacks
  }
  return fonts
}

const registered = new Map<string, Promise<void>>()

/** Makes a face known to the text renderer, once; returns its name. */
export async function registerFace({ packageName, faces }: Font, weight: Weight): Promise<string> {
  const { name, file } = faces[weight]
  const ready = registered.get(name) ?? register(assetPath(packageName, file))
  registered.set(name, ready)
  await ready
  return name
}

/** A font file stays known to the process that once set text with it. */
async function register(fontfile: string): Promise<void> {
  const sharp = await getSharp()
  await sharp({ text: { text: '.', fontfile, width: 8, height: 8 } }).toBuffer()
}

/** Consecutive code points, both ends included. */
type Range = { start: number; end: number }

const known = new Map<Font, Promise<readonly Range[]>>()

async function without(other: Font, text: readonly string[]): Promise<string[]> {
  const { packageName, faces } = other
  const loading =
    known.get(other) ?? readFile(assetPath(packageName, faces.bold.file)).then(rangesOf)
  known.set(other, loading)
  const ranges = await loading
  return text.filter((character) => {
    const code = character.codePointAt(0) ?? -1
    return !ranges.some(({ start, end }) => start <= code && code <= end)
  })
}

/** The characters of a TrueType font: its table `cmap` in format 4, segments of consecutive codes. */
function rangesOf(file: Buffer): readonly Range[] {
  const cmap = tableOf(file, 'cmap')
  const ranges: Range[] = []
  for (let index = 0; index < file.readUInt16BE(cmap + 2); index += 1) {
    const table = cmap + file.readUInt32BE(cmap + 8 + index * 8)
    if (file.readUInt16BE(table) !== 4) continue
    const segments = file.readUInt16BE(table + 6)
    for (let segment = 0; segment < segments; segment += 2) {
      const end = file.readUInt16BE(table + 14 + segment)
      const start = file.readUInt16BE(table + 16 + segments + segment)
      ranges.push({ start, end: Math.min(end, 0xfffe) })
    }
  }
  return ranges
}

function tableOf(file: Buffer, name: string): number {
  for (let index = 0; index < file.readUInt16BE(4); index += 1) {
    const entry = 12 + index * 16
    if (file.toString('latin1', entry, entry + 4) === name) return file.readUInt32BE(entry + 8)
  }
  throw new RangeError(`the font has no table ${name}`)
}

type Face = readonly [name: string, file: string]

function font(packageName: string, { bold, regular = bold }: { bold: Face; regular?: Face }): Font {
  const face = ([own, file]: Face) => ({ name: own, file })
  return {
    packageName,
    faces: { regular: face(regular), bold: face(bold) },
  }
}
