import { AppError } from '../../errors.ts'
import { getSharp } from '../../media/sharp.ts'
import { fontsFor, MAIN_FONT, registerFace, type Weight } from './fonts.ts'
import type { Raster } from './raster.ts'

/** At this resolution a font's size is in pixels. */
const POINTS_PER_INCH = 72

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
 * Sets text as pixels with transparency, in the fonts that come with Inkwell: fonts of the system are
 * never needed. Lines break between words; Arabic letters are joined and run from the right. Nothing is written
 * where no font has a character.
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
  const names: string[] = []
  for (const font of (await fontsFor(text)) ?? [MAIN_FONT])
    names.push(await registerFace(font, weight))
  // The comma at the end says that every word belongs to a name, and none to a style.
  const font = `${names.join(',')},`
  const { data, info } = await sharp({
    text: {
      text: `<span foreground="${color}">${escaped(text)}</span>`,
      ...('height' in extent
        ? { font, wrap: 'word', height: Math.max(1, Math.floor(extent.height)) }
        : { font: `${font} ${extent.size}`, wrap: 'word-char', dpi: POINTS_PER_INCH }),
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

/** Whether the fonts have every character of a text: Latin, Greek, Cyrillic, Arabic, Chinese, Japanese, Korean. */
export async function hasGlyphs(text: string): Promise<boolean> {
  return (await fontsFor(text)) !== null
}

/** Throws `invalid_input` for a text that the fonts cannot write. */
export async function assertGlyphs(text: string): Promise<void> {
  if (await hasGlyphs(text)) return
  throw new AppError('invalid_input', 'The text has characters that the fonts here lack.', {
    hint: 'Use Latin, Greek, Cyrillic, Arabic, Chinese, Japanese or Korean letters, without emoji.',
  })
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
