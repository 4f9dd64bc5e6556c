import { getSharp } from '../../media/sharp.ts'
import { contrastOf, hexLuminance, rangeOf, TEXT_CONTRAST, type Area } from './contrast.ts'
import type { Weight } from './fonts.ts'
import { asLayer, fromRaster, toRaster, type Raster } from './raster.ts'
import { renderText } from './render-text.ts'

/** Where a block of text goes, as shares of the picture. */
export type Box = { left: number; top: number; width: number; height: number }
type Line = {
  text: string
  weight: Weight
  box: Box
  /** `#rrggbb`; without it white or nearly black, whichever stands out. */
  color?: string | undefined
  align?: 'left' | 'centre' | 'right'
  /** Shades what is behind the text where the contrast would be too low. */
  isShaded?: boolean
  /** `#rrggbb` of a plate behind the text, for a ground that is too busy to shade. */
  plate?: string | undefined
}

/** A box with a shorter side, in pixels, is left empty: its letters could not be read. */
const LEAST_SIDE = 4
const LIGHT = '#ffffff'
const DARK = '#14172b'

/** Draws text into a box, as large as fits. White letters get a soft shadow, so that they are readable on anything. */
export async function drawText(
  raster: Raster,
  { text, weight, box, color, align = 'centre', isShaded = false, plate }: Line,
): Promise<Raster> {
  const { width, height, channels } = raster
  const space = { width: box.width * width, height: box.height * height }
  if (Math.min(space.width, space.height) < LEAST_SIDE) return raster
  const set = await renderText({ text, weight, color: color ?? LIGHT, align, ...space })
  const share = { left: 0, centre: 0.5, right: 1 }[align]
  const place = {
    left: Math.max(0, Math.round(box.left * width + (space.width - set.width) * share)),
    top: Math.max(0, Math.round(box.top * height + (space.height - set.height) / 2)),
  }
  const area = { ...place, width: set.width, height: set.height }
  const under = plate === undefined ? raster : await plated(raster, area, plate)
  const ink = color ?? inkOn(under, area, isShaded)
  if (ink === DARK) paint(set, DARK)
  const ground = isShaded ? await shaded(under, area, ink) : under
  const shadow = ink === LIGHT ? [await shadowOf(set, place, raster)] : []
  const image = (await fromRaster(ground)).composite([...shadow, { ...asLayer(set), ...place }])
  const pixels = await (channels === 3 ? image.removeAlpha() : image).raw().toBuffer()
  return { ...raster, pixels }
}

/**
 * White or nearly black: whichever has more contrast with the worst of what is behind it, or needs less shade there.
 * White with its shadow is the better headline where both are readable.
 */
function inkOn(raster: Raster, area: Area, isShaded: boolean): string {
  const range = rangeOf(raster, area)
  if (isShaded) return shadeFor(LIGHT, range) <= shadeFor(DARK, range) + 0.05 ? LIGHT : DARK
  const light = contrastOf(1, range.high)
  const isEnough = light >= TEXT_CONTRAST
  return isEnough || light >= contrastOf(hexLuminance(DARK), range.low) ? LIGHT : DARK
}

type Range = ReturnType<typeof rangeOf>

/** How much black or white, 0 to 1, must lie over the worst of a ground before text is readable on it. */
function shadeFor(ink: string, { low, high }: Range): number {
  const lightness = hexLuminance(ink)
  const isLight = lightness > 0.5
  const [worst, tone] = isLight ? [greyOf(high), 0] : [greyOf(low), 255]
  const isReadable = (opacity: number) => {
    const grey = worst + (tone - worst) * opacity
    return contrastOf(lightness, hexLuminance(hexOf(grey))) >= TEXT_CONTRAST * 1.12
  }
  let opacity = 0
  while (opacity < 0.9 && !isReadable(opacity)) opacity += 0.04
  return opacity
}

/** Darkens or lightens a soft patch behind text, just as much as its contrast needs. */
async function shaded(raster: Raster, area: Area, ink: string): Promise<Raster> {
  const opacity = shadeFor(ink, rangeOf(raster, area))
  if (opacity === 0) return raster
  const { width, height } = raster
  const blur = Math.max(2, Math.min(area.height, area.width) * 0.3)
  const reach = blur * 1.7
  const tone = hexOf(hexLuminance(ink) > 0.5 ? 0 : 255)
  return laidOver(
    raster,
    `<filter id="b" filterUnits="userSpaceOnUse" x="${-4 * reach}" y="${-4 * reach}" width="${width + 8 * reach}" height="${height + 8 * reach}"><feGaussianBlur stdDeviation="${blur}"/></filter><rect x="${area.left - reach}" y="${area.top - reach}" width="${area.width + 2 * reach}" height="${area.height + 2 * reach}" rx="${blur}" fill="${tone}" opacity="${opacity}" filter="url(#b)"/>`,
  )
}

/** A plain plate with soft corners behind text. */
function plated(
  raster: Raster,
  { left, top, width, height }: Area,
  plate: string,
): Promise<Raster> {
  const gap = Math.min(height * 0.35, raster.height * 0.09)
  const wide = Math.min(gap * 1.4, left)
  return laidOver(
    raster,
    `<rect x="${left - wide}" y="${top - gap}" width="${width + 2 * wide}" height="${height + 2 * gap}" rx="${gap * 0.6}" fill="${plate}"/>`,
  )
}

async function laidOver(raster: Raster, markup: string): Promise<Raster> {
  const { width, height } = raster
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${markup}</svg>`
  const image = (await fromRaster(raster)).composite([{ input: Buffer.from(svg) }])
  const pixels = await (raster.channels === 3 ? image.removeAlpha() : image).raw().toBuffer()
  return { ...raster, pixels }
}

/** The grey, 0 to 255, of a relative luminance. */
function greyOf(luminance: number): number {
  const share = luminance <= 0.0031308 ? luminance * 12.92 : 1.055 * luminance ** (1 / 2.4) - 0.055
  return share * 255
}

function hexOf(grey: number): string {
  return `#${Math.round(grey).toString(16).padStart(2, '0').repeat(3)}`
}

function paint({ pixels }: Raster, hex: string): void {
  const rgb = Buffer.from(hex.slice(1), 'hex')
  for (let at = 0; at < pixels.length; at += 4) pixels.set(rgb, at)
}

async function shadowOf(
  set: Raster,
  place: { left: number; top: number },
  { width, height }: Raster,
) {
  const sharp = await getSharp()
  const dark = { ...set, pixels: Buffer.from(set.pixels) }
  paint(dark, '#000000')
  const letters = await toRaster(
    sharp({ create: { width, height, channels: 4, background: '#00000000' } }).composite([
      { ...asLayer(dark), ...place },
    ]),
  )
  const shadow = (await fromRaster(letters))
    .blur(Math.min(100, Math.max(1, set.height * 0.07)))
    .linear([1, 1, 1, 0.55], [0, 0, 0, 0])
  return { ...asLayer(await toRaster(shadow)), left: 0, top: 0 }
}
