import { cutOut } from '../cutout/cutout.ts'
import { drawText, type Box } from '../core/draw-text.ts'
import { asLayer, fromRaster, toRaster, type Raster } from '../core/raster.ts'
import { mapChannels, applyColorMatrix } from './pixels.ts'
import { saturation, type Place, type Rgb } from './steps.ts'

/** Share of the darkest and of the brightest pixels that may be clipped. */
const CLIPPED = 0.004

/** Stretches the luma to the whole range, by a factor of 1.5 at most, and adds 10 % of saturation. */
export async function enhance(raster: Raster): Promise<Raster> {
  const grey = await applyColorMatrix(raster, saturation(0))
  const lights = grey.pixels.filter((_, at) => at % 4 === 0).toSorted()
  const end = Math.floor(lights.length * CLIPPED)
  const [low = 0, high = 255] = [lights[end], lights[lights.length - 1 - end]]
  const gain = Math.min(1.5, 255 / Math.max(1, high - low))
  const offset = 127.5 - (gain * (low + high)) / 2
  const matrix = [[gain, 0, 0] as const, [0, gain, 0] as const, [0, 0, gain] as const] as const
  return applyColorMatrix(await applyColorMatrix(raster, { matrix, offset }), saturation(1.1))
}

/** Makes pixels white whose luma (0 to 1) is at least `share`, and all others black. */
export async function threshold(raster: Raster, share: number): Promise<Raster> {
  const grey = await applyColorMatrix(raster, saturation(0))
  return mapChannels(grey, (value) => (value >= share * 255 ? 255 : 0))
}

/** Rounds each channel to the nearest of `levels` values at equal distances. */
export function posterize(raster: Raster, levels: number): Raster {
  const step = 255 / (levels - 1)
  return mapChannels(raster, (value) => Math.round(Math.round(value / step) * step))
}

/** Clears, paints or blurs what is behind the subject. Throws `input_unreadable` where none is found. */
export async function changeBackground(
  raster: Raster,
  change: 'clear' | 'blur' | Rgb,
): Promise<Raster> {
  const subject = { ...raster, pixels: new Uint8Array(raster.pixels) }
  await cutOut(subject)
  if (change === 'clear') return subject
  if (change === 'blur') {
    const sigma = Math.min(100, Math.max(2, Math.min(raster.width, raster.height) * 0.02))
    return toRaster((await fromRaster(raster)).blur(sigma).composite([asLayer(subject)]))
  }
  const [r, g, b] = change
  return toRaster((await fromRaster(subject)).flatten({ background: { r, g, b } }))
}

/** Draws text at one of nine places of the picture. */
export function addText(
  raster: Raster,
  { text, place, color }: { text: string; place: Place; color: Rgb | 'auto' },
): Promise<Raster> {
  const hex = color === 'auto' ? undefined : `#${Buffer.from(color).toString('hex')}`
  const isCorner = place.across !== 'centre'
  const box: Box = {
    left: { left: 0.05, centre: 0.07, right: 0.45 }[place.across],
    top: { top: 0.05, middle: 0.36, bottom: 0.77 }[place.down],
    width: isCorner ? 0.5 : 0.86,
    height: isCorner ? 0.12 : place.down === 'middle' ? 0.28 : 0.18,
  }
  return drawText(raster, { text, weight: 'bold', box, color: hex, align: place.across })
}
