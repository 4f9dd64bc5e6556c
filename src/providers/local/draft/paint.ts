import { getSharp } from '../../../media/sharp.ts'
import type { Pace } from '../pace.ts'
import type { Raster } from '../raster.ts'
import { paintBokeh } from './bokeh.ts'
import type { Painter } from './canvas.ts'
import { toHex, writeRgb } from './color.ts'
import { paintGradient } from './gradient.ts'
import { paintLayers } from './layers.ts'
import { paintMesh } from './mesh.ts'
import { createRandom } from './noise.ts'
import type { Plan } from './plan.ts'
import { tilesSvg } from './tiles.ts'

type Size = { width: number; height: number }

/** Draws a plan at the exact size in pixels. Throws `cancelled`. */
export async function paintDraft(plan: Plan, size: Size, pace: Pace): Promise<Raster> {
  const canvas = { ...size, random: createRandom(plan.seed + 0x5f3759df) }
  switch (plan.kind) {
    case 'solid':
      return rasterise(
        `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}"><rect width="100%" height="100%" fill="${solidTone(plan)}"/></svg>`,
        size,
        pace,
      )
    case 'tiles':
      return rasterise(tilesSvg(plan, canvas), size, pace)
    case 'gradient':
      return paintRows(paintGradient(plan, canvas), size, pace)
    case 'mesh':
      return paintRows(paintMesh(plan, canvas), size, pace)
    case 'waves':
    case 'ridges':
      return paintRows(paintLayers(plan, canvas), size, pace)
    case 'bokeh':
      return paintRows(paintBokeh(plan, canvas), size, pace)
  }
}

/** Runs a painter over every line and dithers what it made down to 8 bits. Throws `cancelled`. */
export async function paintRows(
  painter: Painter,
  { width, height }: Size,
  pace: Pace,
): Promise<Raster> {
  const pixels = new Uint8Array(width * height * 3)
  const row = new Float32Array(width * 3)
  for (let y = 0; y < height; y += 1) {
    await pace.breathe()
    painter(y, row)
    writeRgb(row, pixels, y * width * 3, (x) => threshold(x, y))
  }
  return { pixels, width, height, channels: 3 }
}

/** Interleaved gradient noise: even like an ordered dither, without its visible grid. */
function threshold(x: number, y: number): number {
  const part = 0.06711056 * x + 0.00583715 * y
  const spread = 52.9829189 * (part - Math.floor(part))
  return spread - Math.floor(spread)
}

async function rasterise(svg: string, size: Size, pace: Pace): Promise<Raster> {
  const sharp = await getSharp()
  await pace.breathe()
  const pixels = await sharp(Buffer.from(svg)).removeAlpha().toColourspace('srgb').raw().toBuffer()
  return { pixels, ...size, channels: 3 }
}

function solidTone({ palette, background }: Plan): string {
  const middle = palette[Math.floor(palette.length / 2)]
  return toHex(background ?? middle ?? { lightness: 0.5, a: 0, b: 0 })
}
