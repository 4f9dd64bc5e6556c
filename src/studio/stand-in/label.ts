import { asLayer, fromRaster, toRaster, type Raster } from '../core/raster.ts'
import { renderText } from '../core/render-text.ts'
import { transliterated } from './transliterate.ts'

/** Most of a picture that a label may hide. */
const HIDDEN_SHARE = 0.15
/** Height of the letters, as a share of the side of a square as large as the picture, and at least in pixels. */
const LETTER_SHARE = 1 / 36
const LETTER_MIN = 8
/** The same as a share of the height: a line has room in a narrow strip. */
const STRIP_SHARE = 0.45
/** Lines of text, at most. */
const LINES = 2
/** White on this has a contrast of 17:1. */
const GROUND = { r: 20, g: 23, b: 43, alpha: 1 }

/**
 * Says in a corner of the picture that it is of test mode, and of the text as much as goes onto two lines
 * without hiding more than a small part. A picture that is too small for a word stays the object it is.
 */
export async function addLabel(raster: Raster, text: string): Promise<Raster> {
  const whole = Array.from(await transliterated(text))
  const { width, height } = raster
  const share = Math.min(Math.sqrt(width * height) * LETTER_SHARE, height * STRIP_SHARE)
  const size = Math.max(LETTER_MIN, Math.floor(share))
  for (const said of shorterAndShorter(whole, Math.ceil((width * LINES * 3) / size))) {
    const label = await drawn(said, size, raster)
    if (label !== null) return label
  }
  return raster
}

/** What to try, from as much as could be read down to the least that says it. */
function* shorterAndShorter(whole: readonly string[], most: number): Generator<string> {
  if (whole.length <= most) yield `Test mode, ${whole.join('')}`
  for (
    let length = Math.min(most, whole.length - 1);
    length >= 8;
    length = Math.floor(length * 0.85)
  )
    yield `Test mode, ${whole.slice(0, length).join('').trimEnd()}…`
  yield 'Test mode'
  yield 'Test'
}

/** The picture with a label; null where that would hide too much of it. */
async function drawn(text: string, size: number, raster: Raster): Promise<Raster | null> {
  const gap = Math.ceil(size * 0.45)
  const width = raster.width - 2 * gap
  if (width < size) return null
  const letters = await renderText({
    text,
    weight: 'regular',
    color: '#ffffff',
    size,
    width,
    align: 'left',
  })
  const box = { width: letters.width + 2 * gap, height: letters.height + 2 * gap }
  const fits =
    box.width <= raster.width &&
    box.height <= raster.height &&
    letters.height <= size * LINES * 1.4 &&
    box.width * box.height <= raster.width * raster.height * HIDDEN_SHARE
  if (!fits) return null
  const top = raster.height - box.height
  const image = (await fromRaster(raster)).composite([
    { input: { create: { ...box, channels: 4, background: GROUND } }, left: 0, top },
    { ...asLayer(letters), left: gap, top: top + gap },
  ])
  return toRaster(image)
}
