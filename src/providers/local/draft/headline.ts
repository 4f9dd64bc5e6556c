import { getSharp } from '../../../media/sharp.ts'
import type { Raster } from '../raster.ts'
import { setText, type Weight } from '../text.ts'

/** Where a block of text goes, as shares of the picture. */
type Box = { left: number; top: number; width: number; height: number }
type Line = { text: string; weight: Weight; box: Box; color?: string }

/** Sets the quoted texts of a prompt: the first large, a second small below it. */
export async function writeHeadline(
  raster: Raster,
  texts: readonly string[],
  isLow: boolean,
): Promise<Raster> {
  const [first = '', second] = texts
  const top = isLow ? 0.68 : second === undefined ? 0.3 : 0.26
  const tall = isLow ? (second === undefined ? 0.22 : 0.16) : second === undefined ? 0.4 : 0.34
  const large = { left: 0.09, top, width: 0.82, height: tall }
  const small = {
    left: 0.18,
    top: top + tall + (isLow ? 0.02 : 0.05),
    width: 0.64,
    height: isLow ? 0.07 : 0.09,
  }
  let result = await write(raster, { text: first, weight: 'bold', box: large })
  if (second !== undefined)
    result = await write(result, { text: second, weight: 'regular', box: small })
  return result
}

/** Sets one line into a box, in white or nearly black, whichever stands out there. */
export async function write(raster: Raster, { text, weight, box, color }: Line): Promise<Raster> {
  const { width, height, channels } = raster
  const wanted = { width: box.width * width, height: box.height * height }
  const shade = color ?? readable(raster, box)
  const set = await setText({ text, weight, color: shade, ...wanted })
  const left = Math.round(box.left * width + (wanted.width - set.width) / 2)
  const top = Math.round(box.top * height + (wanted.height - set.height) / 2)
  const place = { left: Math.max(0, left), top: Math.max(0, top) }
  const sharp = await getSharp()
  const shadow = shade === '#ffffff' ? [await shadowOf(set, place, raster)] : []
  const image = sharp(raster.pixels, { raw: { width, height, channels } }).composite([
    ...shadow,
    {
      input: Buffer.from(set.pixels),
      raw: { width: set.width, height: set.height, channels: 4 },
      ...place,
    },
  ])
  const { data } = await (channels === 3 ? image.removeAlpha() : image)
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { ...raster, pixels: data }
}

/** A soft shade under white letters, so that they read on light spots too. */
async function shadowOf(
  set: Raster,
  place: { left: number; top: number },
  { width, height }: Raster,
) {
  const sharp = await getSharp()
  const dark = Buffer.from(set.pixels)
  for (let at = 0; at < dark.length; at += 4) dark.fill(0, at, at + 3)
  const sheet = { width, height, channels: 4 as const, background: '#00000000' }
  const letters = await sharp({ create: sheet })
    .composite([
      { input: dark, raw: { width: set.width, height: set.height, channels: 4 }, ...place },
    ])
    .png()
    .toBuffer()
  const input = await sharp(letters)
    .blur(Math.max(1, set.height * 0.07))
    .linear([1, 1, 1, 0.55], [0, 0, 0, 0])
    .png()
    .toBuffer()
  return { input, left: 0, top: 0 }
}

function readable({ pixels, width, height, channels }: Raster, box: Box): string {
  let [sum, count] = [0, 0]
  for (
    let y = Math.floor(box.top * height);
    y < (box.top + box.height) * height && y < height;
    y += 3
  ) {
    for (
      let x = Math.floor(box.left * width);
      x < (box.left + box.width) * width && x < width;
      x += 3
    ) {
      const at = (y * width + x) * channels
      sum +=
        0.299 * (pixels[at] ?? 0) + 0.587 * (pixels[at + 1] ?? 0) + 0.114 * (pixels[at + 2] ?? 0)
      count += 1
    }
  }
  return sum / Math.max(1, count) > 165 ? '#14172b' : '#ffffff'
}
