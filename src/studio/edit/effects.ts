import { getSharp } from '../../media/sharp.ts'
import { cutOut } from '../cutout/cutout.ts'
import { write, type Box } from '../core/lettering.ts'
import type { Pace } from '../core/pace.ts'
import { fromRaster, type Raster } from '../core/raster.ts'
import { tone } from './pixels.ts'
import { saturation, type Place, type Rgb } from './step.ts'

/** Share of the darkest and of the brightest pixels that may be lost to give the rest more range. */
const CLIPPED = 0.004

/** Stretches the light to the whole range, at most by half, with a little more colour. Throws `cancelled`. */
export async function enhance(raster: Raster, pace: Pace): Promise<Raster> {
  const counts = new Uint32Array(256)
  for (let at = 0; at < raster.pixels.length; at += 4) {
    const light = brightnessAt(raster, at)
    counts[light] = (counts[light] ?? 0) + 1
  }
  const total = raster.pixels.length / 4
  const edge = (levels: readonly number[]) => {
    let sum = 0
    for (const level of levels) {
      sum += counts[level] ?? 0
      if (sum > total * CLIPPED) return level
    }
    return levels[0] ?? 0
  }
  const levels = Array.from({ length: 256 }, (_, level) => level)
  const [low, high] = [edge(levels), edge(levels.toReversed())]
  const gain = Math.min(1.5, 255 / Math.max(1, high - low))
  const offset = 127.5 - (gain * (low + high)) / 2
  const matrix = [[gain, 0, 0] as const, [0, gain, 0] as const, [0, 0, gain] as const] as const
  return tone(await tone(raster, { matrix, offset }, pace), saturation(1.1), pace)
}

/** Gives every channel of a pixel a new value; transparency stays. Throws `cancelled`. */
export async function remap(
  raster: Raster,
  change: (value: number, at: number) => number,
  pace: Pace,
): Promise<Raster> {
  const pixels = new Uint8Array(raster.pixels)
  for (let at = 0; at < pixels.length; at += 4) {
    if (at % 16_384 === 0) await pace.breathe()
    for (let channel = 0; channel < 3; channel += 1)
      pixels[at + channel] = change(raster.pixels[at + channel] ?? 0, at)
  }
  return { ...raster, pixels }
}

/** Black and white, cut at a brightness of 0 to 1. */
export function threshold(raster: Raster, share: number, pace: Pace): Promise<Raster> {
  return remap(raster, (_, at) => (brightnessAt(raster, at) >= share * 255 ? 255 : 0), pace)
}

export function posterize(raster: Raster, levels: number, pace: Pace): Promise<Raster> {
  const step = 255 / (levels - 1)
  return remap(raster, (value) => Math.round(Math.round(value / step) * step), pace)
}

/** Darkens towards the corners; `strength` (0 to 1) is what a corner loses. */
export function vignette(raster: Raster, strength: number, pace: Pace): Promise<Raster> {
  const { width, height } = raster
  return remap(
    raster,
    (value, at) => {
      const x = ((at / 4) % width) / width - 0.5
      const y = Math.floor(at / 4 / width) / height - 0.5
      const far = Math.min(1, (x * x + y * y) * 2)
      return Math.round(value * (1 - strength * far * far * (3 - 2 * far)))
    },
    pace,
  )
}

/** Every opacity times `share`. */
export function fade(raster: Raster, share: number): Raster {
  const pixels = new Uint8Array(raster.pixels)
  for (let at = 3; at < pixels.length; at += 4) pixels[at] = Math.round((pixels[at] ?? 0) * share)
  return { ...raster, pixels }
}

/** Clears, paints or blurs what is behind the subject. Throws `input_unreadable` where none is found. */
export async function changeBackground(
  raster: Raster,
  change: 'clear' | 'blur' | Rgb,
  pace: Pace,
): Promise<Raster> {
  const subject = { ...raster, pixels: new Uint8Array(raster.pixels) }
  await cutOut(subject, pace)
  if (change === 'clear') return subject
  const { width, height } = raster
  const behind =
    change === 'blur'
      ? (await fromRaster(raster)).blur(Math.min(100, Math.max(2, Math.min(width, height) * 0.02)))
      : (await getSharp())({
          create: {
            width,
            height,
            channels: 4,
            background: { r: change[0], g: change[1], b: change[2], alpha: 1 },
          },
        })
  const layer = { input: Buffer.from(subject.pixels), raw: { width, height, channels: 4 as const } }
  const base = await behind.ensureAlpha().png().toBuffer()
  const sharp = await getSharp()
  return { ...raster, pixels: await sharp(base).composite([layer]).raw().toBuffer() }
}

/** Sets text at a place of the picture. */
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
  return write(raster, { text, weight: 'bold', box, color: hex, align: place.across })
}

function brightnessAt({ pixels }: Raster, at: number): number {
  return Math.round(
    0.299 * (pixels[at] ?? 0) + 0.587 * (pixels[at + 1] ?? 0) + 0.114 * (pixels[at + 2] ?? 0),
  )
}
