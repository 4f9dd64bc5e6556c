import { AppError } from '../../../errors.ts'
import type { Pace } from '../pace.ts'
import { fromRaster, type Raster } from '../raster.ts'
import { pixelate, roundCorners, tone } from './pixels.ts'
import type { Size, Step } from './step.ts'

/** Longest side an edit may make, in pixels. */
const MAX_SIDE = 4096

/** Does one step on an RGBA raster. Throws `invalid_input` where the picture is too small or the result too large. */
export async function applyStep(step: Step, raster: Raster, pace: Pace): Promise<Raster> {
  await pace.breathe()
  const short = Math.min(raster.width, raster.height)
  switch (step.kind) {
    case 'tone':
      return tone(raster, step.tone, pace)
    case 'pixelate':
      return pixelate(
        raster,
        step.block === 'auto' ? Math.max(2, Math.round(short / 40)) : step.block,
        pace,
      )
    case 'roundCorners': {
      const { radius } = step
      return roundCorners(raster, 'share' in radius ? radius.share * short : radius.pixels, pace)
    }
    case 'blur': {
      const auto = Math.max(0.8, short * 0.008) * step.strength
      const sigma = Math.min(100, step.sigma === 'auto' ? auto : step.sigma)
      return materialise((await fromRaster(raster)).blur(sigma))
    }
    case 'sharpen':
      return materialise(
        (await fromRaster(raster)).sharpen({
          sigma: 1.2,
          m1: 0.6 * step.strength,
          m2: 2.2 * step.strength,
        }),
      )
    case 'rotate':
      return materialise(
        (await fromRaster(raster)).rotate(step.degrees, { background: '#00000000' }),
      )
    case 'flip': {
      const image = await fromRaster(raster)
      return materialise(step.axis === 'horizontal' ? image.flop() : image.flip())
    }
    case 'cropRatio': {
      const cropped = await cropTo(raster, ratioSize(raster, step.ratio))
      return step.isCircle ? roundCorners(cropped, cropped.width / 2, pace) : cropped
    }
    case 'cropSize':
      return cropTo(raster, step.size)
    case 'resize':
      return resizeTo(raster, step.size)
    case 'resizeSide': {
      const factor = step.length / raster[step.side]
      return resizeTo(raster, { ...scaledSize(raster, factor), [step.side]: step.length })
    }
    case 'scale':
      return resizeTo(raster, scaledSize(raster, step.factor))
    case 'border': {
      const thickness =
        step.thickness === 'auto' ? Math.max(1, Math.round(short * 0.03)) : step.thickness
      const [r, g, b] = step.color
      const edges = { top: thickness, bottom: thickness, left: thickness, right: thickness }
      return materialise(
        (await fromRaster(raster)).extend({ ...edges, background: { r, g, b, alpha: 1 } }),
      )
    }
  }
}

type Pipeline = Awaited<ReturnType<typeof fromRaster>>

/** Runs a pipeline of one step: several in one would run in sharp's order, not in ours. */
async function materialise(image: Pipeline): Promise<Raster> {
  const { data, info } = await image.ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return { pixels: data, width: info.width, height: info.height, channels: 4 }
}

function ratioSize({ width, height }: Size, ratio: number): Size {
  return width / height > ratio
    ? { width: Math.max(1, Math.round(height * ratio)), height }
    : { width, height: Math.max(1, Math.round(width / ratio)) }
}

function scaledSize({ width, height }: Size, factor: number): Size {
  return {
    width: Math.max(1, Math.round(width * factor)),
    height: Math.max(1, Math.round(height * factor)),
  }
}

async function cropTo(raster: Raster, { width, height }: Size): Promise<Raster> {
  if (width > raster.width || height > raster.height) {
    throw new AppError(
      'invalid_input',
      `A crop of ${width} x ${height} does not fit into ${raster.width} x ${raster.height} pixels.`,
      { hint: 'Crop to a smaller size, or resize first.' },
    )
  }
  const left = Math.floor((raster.width - width) / 2)
  const top = Math.floor((raster.height - height) / 2)
  return materialise((await fromRaster(raster)).extract({ left, top, width, height }))
}

/** To the exact size; what does not fit its shape is cut evenly from both sides. */
async function resizeTo(raster: Raster, size: Size): Promise<Raster> {
  if (Math.max(size.width, size.height) > MAX_SIDE) {
    throw new AppError(
      'invalid_input',
      `The result would be ${size.width} x ${size.height}; the longest side here is ${MAX_SIDE} pixels.`,
      { hint: `Resize to at most ${MAX_SIDE} pixels a side, or use upscale.` },
    )
  }
  return materialise((await fromRaster(raster)).resize(size.width, size.height, { fit: 'cover' }))
}
