import { getSharp } from '../../media/sharp.ts'
import { lumaAt } from './luma.ts'
import { asLayer, fromRaster, toRaster, type Raster } from './raster.ts'
import { renderText, type Weight } from './render-text.ts'

/** Where a block of text goes, as shares of the picture. */
export type Box = { left: number; top: number; width: number; height: number }
type Line = {
  text: string
  weight: Weight
  box: Box
  /** `#rrggbb`; without it white or nearly black, whichever stands out. */
  color?: string | undefined
  align?: 'left' | 'centre' | 'right'
}

/** A box with a shorter side, in pixels, is left empty: its letters could not be read. */
const LEAST_SIDE = 4

/** Draws text into a box, as large as fits. White letters get a soft shadow, so that they are readable on anything. */
export async function drawText(
  raster: Raster,
  { text, weight, box, color, align = 'centre' }: Line,
): Promise<Raster> {
  const { width, height, channels } = raster
  const space = { width: box.width * width, height: box.height * height }
  if (Math.min(space.width, space.height) < LEAST_SIDE) return raster
  const shade = color ?? readable(raster, box)
  const set = await renderText({ text, weight, color: shade, align, ...space })
  const share = { left: 0, centre: 0.5, right: 1 }[align]
  const place = {
    left: Math.max(0, Math.round(box.left * width + (space.width - set.width) * share)),
    top: Math.max(0, Math.round(box.top * height + (space.height - set.height) / 2)),
  }
  const shadow = shade === '#ffffff' ? [await shadowOf(set, place, raster)] : []
  const image = (await fromRaster(raster)).composite([...shadow, { ...asLayer(set), ...place }])
  const pixels = await (channels === 3 ? image.removeAlpha() : image).raw().toBuffer()
  return { ...raster, pixels }
}

async function shadowOf(
  set: Raster,
  place: { left: number; top: number },
  { width, height }: Raster,
) {
  const sharp = await getSharp()
  const dark = Buffer.from(set.pixels)
  for (let at = 0; at < dark.length; at += 4) dark.fill(0, at, at + 3)
  const letters = await toRaster(
    sharp({ create: { width, height, channels: 4, background: '#00000000' } }).composite([
      { ...asLayer({ ...set, pixels: dark }), ...place },
    ]),
  )
  const shadow = (await fromRaster(letters))
    .blur(Math.min(100, Math.max(1, set.height * 0.07)))
    .linear([1, 1, 1, 0.55], [0, 0, 0, 0])
  return { ...asLayer(await toRaster(shadow)), left: 0, top: 0 }
}

function readable(
  { pixels, width, height, channels }: Raster,
  { left, top, width: wide, height: high }: Box,
): string {
  let [sum, count] = [0, 0]
  for (let y = Math.floor(top * height); y < Math.min(height, (top + high) * height); y += 3) {
    for (let x = Math.floor(left * width); x < Math.min(width, (left + wide) * width); x += 3) {
      const at = (y * width + x) * channels
      sum += lumaAt(pixels, at)
      count += 1
    }
  }
  return sum / Math.max(1, count) > 165 ? '#14172b' : '#ffffff'
}
