import { getSharp } from '../../media/sharp.ts'
import { fromRaster, toRaster, type Raster, type Size } from '../core/raster.ts'
import { paintAurora } from './aurora.ts'
import { paintBokeh } from './bokeh.ts'
import type { Canvas, Painter } from './canvas.ts'
import { toHex, writeRgb } from '../core/color.ts'
import { paintContours } from './contours.ts'
import { paintGradient } from './gradient.ts'
import { writeTexts } from './headline.ts'
import { iconSvg, monogramSvg } from './icon.ts'
import { accentSvg, pictureSvg, stageTones } from './picture.ts'
import { paintBackdrop, paintLayers, paintRidgesOver } from './ridges.ts'
import { lowPolySvg } from './low-poly.ts'
import { paintMarble } from './marble.ts'
import { memphisSvg } from './memphis.ts'
import { paintMesh } from './mesh.ts'
import { createRandom } from '../core/random.ts'
import { placeholderSvg } from './placeholder.ts'
import type { Plan } from './plan.ts'
import { paintSea } from './sea.ts'
import { paintSky } from './sky.ts'
import { skylineSvg } from './skyline.ts'
import { paintTexture } from './texture.ts'
import { rectangle } from './tile-parts.ts'
import { tilesSvg } from './tiles.ts'
import type { Kind } from './vocabulary.ts'

/** Draws a plan at the exact size in pixels. */
export async function paintDraft(plan: Plan, size: Size): Promise<Raster> {
  const canvas = { ...size, random: createRandom(plan.seed + 0x5f3759df) }
  return writeTexts(await paintArt(plan, canvas), plan, canvas)
}

async function paintArt(plan: Plan, canvas: Canvas): Promise<Raster> {
  const hasAccents = plan.accents.length > 0 && plan.kind in PAINTERS
  const drawing =
    SVGS[plan.kind]?.(plan, canvas) ?? (hasAccents ? accentSvg(plan, canvas) : undefined)
  const painter = plan.isTransparent ? undefined : PAINTERS[plan.kind]?.(plan, canvas)
  if (painter === undefined) return rasterise(drawing ?? '', canvas)
  const raster = paintRows(painter, canvas)
  return drawing === undefined ? raster : overlaid(raster, drawing)
}

type Draw<T> = (plan: Plan, canvas: Canvas) => T

/** What is painted pixel by pixel. */
const PAINTERS: Partial<Record<Kind, Draw<Painter>>> = {
  gradient: paintGradient,
  mesh: paintMesh,
  waves: paintLayers,
  ridges: paintLayers,
  forest: paintLayers,
  bokeh: paintBokeh,
  marble: paintMarble,
  contours: paintContours,
  sea: paintSea,
  sky: (plan, canvas) =>
    plan.hasRidges ? paintRidgesOver(paintSky(plan, canvas), plan, canvas) : paintSky(plan, canvas),
  aurora: (plan, canvas) => paintRidgesOver(paintAurora(plan, canvas), plan, canvas),
  skyline: (plan, canvas) => paintBackdrop(plan, canvas),
  picture: (plan, canvas) =>
    (plan.stage === null ? undefined : PAINTERS[plan.stage])?.(plan, canvas) ??
    paintStage(plan, canvas),
  texture: paintTexture,
}

/** What is drawn as SVG, over what is painted where there is that too. */
const SVGS: Partial<Record<Kind, Draw<string>>> = {
  solid: (plan) => rectangle(solidTone(plan)),
  tiles: tilesSvg,
  memphis: memphisSvg,
  lowpoly: lowPolySvg,
  skyline: skylineSvg,
  picture: pictureSvg,
  icon: iconSvg,
  monogram: monogramSvg,
  placeholder: placeholderSvg,
}

/** A plain backdrop for a drawing, lighter around its middle. */
function paintStage(plan: Plan, canvas: Canvas): Painter {
  return paintGradient({ ...plan, palette: stageTones(plan, canvas), direction: 'radial' }, canvas)
}

/** Runs a painter over every line and dithers what it made down to 8 bits. */
export function paintRows(painter: Painter, { width, height }: Size): Raster {
  const pixels = new Uint8Array(width * height * 3)
  const row = new Float32Array(width * 3)
  for (let y = 0; y < height; y += 1) {
    painter(y, row)
    writeRgb(row, pixels, y * width * 3, (x) => threshold(x, y))
  }
  return { pixels, width, height, channels: 3 }
}

/** Interleaved gradient noise (Jorge Jimenez, SIGGRAPH 2014), a dither of 0 to 1 without a visible grid. */
function threshold(x: number, y: number): number {
  const part = 0.06711056 * x + 0.00583715 * y
  const spread = 52.9829189 * (part - Math.floor(part))
  return spread - Math.floor(spread)
}

async function rasterise(body: string, size: Size): Promise<Raster> {
  const sharp = await getSharp()
  const image = sharp(svgOf(body, size)).toColourspace('srgb')
  return toRaster(image)
}

async function overlaid(raster: Raster, body: string): Promise<Raster> {
  const image = (await fromRaster(raster)).composite([{ input: svgOf(body, raster) }])
  return { ...raster, pixels: await image.removeAlpha().raw().toBuffer(), channels: 3 }
}

function svgOf(body: string, { width, height }: Size): Buffer {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${body}</svg>`,
  )
}

function solidTone({ palette, background }: Plan): string {
  const middle = palette[Math.floor(palette.length / 2)]
  return toHex(background ?? middle ?? { lightness: 0.5, a: 0, b: 0 })
}
