import { AppError } from '../../errors.ts'
import { MAX_PIXELS } from '../../media/sharp.ts'
import { EDITED_SIDE_MAX } from '../core/limits.ts'
import { fromRaster, toRaster, type Raster, type Size } from '../core/raster.ts'
import { addText, changeBackground, enhance, posterize, threshold } from './effects.ts'
import { fade, pixelate, roundCorners, applyColorMatrix, vignette } from './pixels.ts'
import type { Rgb, Side, Step } from './steps.ts'

/** Pixels a side below which a picture has no edges to trim. */
const TRIM_MIN = 3

type Apply<S> = (step: S, raster: Raster) => Promise<Raster>
type StepOf<K extends Step['kind']> = Extract<Step, { kind: K }>

/** Does one step on an RGBA raster. Throws `invalid_input` where the picture is too small or the result too large. */
export function applyStep(step: Step, raster: Raster): Promise<Raster> {
  const apply = APPLY[step.kind] as Apply<Step>
  return apply(step, raster)
}

const APPLY: { [K in Step['kind']]: Apply<StepOf<K>> } = {
  colorMatrix: ({ change }, raster) => applyColorMatrix(raster, change),
  pixelate: ({ block }, raster) =>
    Promise.resolve(
      pixelate(raster, block === 'auto' ? Math.max(2, Math.round(shorter(raster) / 40)) : block),
    ),
  roundCorners: ({ radius }, raster) =>
    roundCorners(raster, 'share' in radius ? radius.share * shorter(raster) : radius.pixels),
  blur: async ({ sigma, strength }, raster) => {
    const auto = Math.max(0.5, Math.max(0.8, shorter(raster) * 0.008) * strength)
    // By sharp's default of 0.2 a blur of half a pixel would have a kernel of one pixel and do nothing.
    const blur = { sigma: Math.min(100, sigma === 'auto' ? auto : sigma), minAmplitude: 0.02 }
    return materialise((await fromRaster(raster)).blur(blur))
  },
  sharpen: async ({ strength }, raster) => {
    const amount = { sigma: 1.2, m1: 0.6 * strength, m2: 2.2 * strength }
    return materialise((await fromRaster(raster)).sharpen(amount))
  },
  rotate: async ({ degrees }, raster) =>
    materialise((await fromRaster(raster)).rotate(degrees, { background: '#00000000' })),
  flip: async ({ axis }, raster) => {
    const image = await fromRaster(raster)
    return materialise(axis === 'horizontal' ? image.flop() : image.flip())
  },
  cropRatio: async ({ ratio, isCircle }, raster) => {
    const cropped = await cropTo(raster, ratioSize(raster, ratio))
    return isCircle ? roundCorners(cropped, cropped.width / 2) : cropped
  },
  cropSize: ({ size }, raster) => cropTo(raster, size),
  cropSides: (step, raster) => cropSides(raster, step),
  trim: async (_, raster) =>
    shorter(raster) < TRIM_MIN
      ? raster
      : materialise((await fromRaster(raster)).trim({ threshold: 12 })),
  resize: ({ size }, raster) => resizeTo(raster, size),
  resizeSide: ({ side, length }, raster) =>
    resizeTo(raster, { ...scaledSize(raster, length / raster[side]), [side]: length }),
  scale: ({ factor }, raster) => resizeTo(raster, scaledSize(raster, factor)),
  border: ({ thickness, color }, raster) => {
    const side = thickness === 'auto' ? Math.max(1, Math.round(shorter(raster) * 0.03)) : thickness
    return extend(raster, { across: side, down: side }, color)
  },
  pad: ({ ratio, color }, raster) => {
    const { width, height } = raster
    const wide = Math.max(width, Math.round(height * ratio))
    const high = Math.max(height, Math.round(width / ratio))
    assertSmall({ width: wide, height: high })
    return extend(raster, { across: (wide - width) / 2, down: (high - height) / 2 }, color)
  },
  enhance: (_, raster) => enhance(raster),
  posterize: ({ levels }, raster) => Promise.resolve(posterize(raster, levels)),
  threshold: ({ share }, raster) => threshold(raster, share),
  opacity: ({ share }, raster) => fade(raster, share),
  vignette: ({ strength }, raster) => vignette(raster, strength),
  background: ({ change }, raster) => changeBackground(raster, change),
  text: (step, raster) => addText(raster, step),
}

/** Runs a pipeline of one step: several in one would run in sharp's order, not in ours. */
async function materialise(pipeline: Parameters<typeof toRaster>[0]): Promise<Raster> {
  const raster = await toRaster(pipeline)
  if (raster.width * raster.height > MAX_PIXELS)
    throw tooLarge(raster, `at most ${MAX_PIXELS / 1e6} megapixels are edited here`)
  return raster
}

function shorter({ width, height }: Size): number {
  return Math.min(width, height)
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

async function cropSides(raster: Raster, { amount, sides }: StepOf<'cropSides'>): Promise<Raster> {
  const cut = (side: Side, length: number) =>
    sides.includes(side) ? Math.round('share' in amount ? amount.share * length : amount.pixels) : 0
  const [left, top] = [cut('left', raster.width), cut('top', raster.height)]
  const width = raster.width - left - cut('right', raster.width)
  const height = raster.height - top - cut('bottom', raster.height)
  if (width < 1 || height < 1) {
    throw new AppError(
      'invalid_input',
      `The crop would leave nothing of ${raster.width} x ${raster.height} pixels.`,
      { hint: 'Crop less.' },
    )
  }
  return materialise((await fromRaster(raster)).extract({ left, top, width, height }))
}

/** Resizes to the exact size; what does not fit its aspect ratio is cropped evenly from both sides. */
async function resizeTo(raster: Raster, size: Size): Promise<Raster> {
  assertSmall(size)
  return materialise((await fromRaster(raster)).resize(size.width, size.height, { fit: 'cover' }))
}

/** Adds the same number of pixels on both sides; of an odd total the right and the bottom get one more. */
async function extend(
  raster: Raster,
  { across, down }: { across: number; down: number },
  color: Rgb | 'clear',
): Promise<Raster> {
  const [r, g, b] = color === 'clear' ? [0, 0, 0] : color
  const background = { r, g, b, alpha: color === 'clear' ? 0 : 1 }
  const edges = {
    left: Math.floor(across),
    right: Math.ceil(across),
    top: Math.floor(down),
    bottom: Math.ceil(down),
  }
  return materialise((await fromRaster(raster)).extend({ ...edges, background }))
}

function assertSmall(size: Size): void {
  if (Math.max(size.width, size.height) > EDITED_SIDE_MAX)
    throw tooLarge(size, `the longest side here is ${EDITED_SIDE_MAX} pixels`)
}

function tooLarge({ width, height }: Size, limit: string): AppError {
  return new AppError('invalid_input', `The result would be ${width} x ${height}; ${limit}.`, {
    hint: `Resize to at most ${EDITED_SIDE_MAX} pixels a side, or use upscale.`,
  })
}
