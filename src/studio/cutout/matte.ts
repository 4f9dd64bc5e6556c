import type { Pace } from '../core/pace.ts'
import { fromRaster, type Raster } from '../core/raster.ts'
import { boxMeans } from './box.ts'
import { NETWORK_SIDE } from './network.ts'

/** Longest side on which edges are sought, in pixels: what is larger follows by straight lines. */
const WORKING_SIDE = 768
/** How far a coarse edge may lie from the true one, as a share of the working side. */
const EDGE_REACH = 0.012
/** Contrast (of brightness 0 to 1, squared) below which an edge is no edge. */
const FLATNESS = 1e-4

/**
 * Cuts along a coarse mask of the network, in place: its edges move to those of the picture (guided
 * filter, He 2010), and half-clear pixels take the colour of the subject beside them instead of the
 * mixture they show (blur fusion, Forte 2021). Throws `cancelled`.
 */
export async function cutAlong(
  raster: Raster,
  confidence: Float32Array,
  pace: Pace,
): Promise<void> {
  const small = await shrunk(raster)
  const mask = sampledMask(confidence, small)
  const planes = planesOf(small, await guidedMatte(small, mask, pace))
  await pace.breathe()
  await apply(raster, planes, small, pace)
}

type Small = { pixels: Uint8Array; width: number; height: number }

async function shrunk(raster: Raster): Promise<Small> {
  const { data, info } = await (
    await fromRaster(raster)
  )
    .removeAlpha()
    .resize(WORKING_SIDE, WORKING_SIDE, { fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true })
  return { pixels: data, width: info.width, height: info.height }
}

function sampledMask(confidence: Float32Array, { width, height }: Small): Float32Array {
  const side = NETWORK_SIDE
  const at = (x: number, y: number) =>
    confidence[Math.min(side - 1, Math.max(0, y)) * side + Math.min(side - 1, Math.max(0, x))] ?? 0
  return Float32Array.from({ length: width * height }, (_, index) => {
    const x = (((index % width) + 0.5) / width) * side - 0.5
    const y = ((Math.floor(index / width) + 0.5) / height) * side - 0.5
    const [left, top] = [Math.floor(x), Math.floor(y)]
    const [right, down] = [x - left, y - top]
    const above = at(left, top) * (1 - right) + at(left + 1, top) * right
    const below = at(left, top + 1) * (1 - right) + at(left + 1, top + 1) * right
    return above * (1 - down) + below * down
  })
}

/** The matte as a line through brightness around each pixel: slope and start, smooth enough to enlarge. */
async function guidedMatte(small: Small, mask: Float32Array, pace: Pace) {
  const { width, height } = small
  const reach = Math.max(2, Math.round(Math.max(width, height) * EDGE_REACH))
  const mean = (values: Float32Array) => boxMeans(values, { width, height, reach })
  const light = Float32Array.from(mask, (_, index) => brightnessOf(small.pixels, index * 3))
  const [meanLight, meanMask] = [mean(light), mean(mask)]
  await pace.breathe()
  const both = mean(light.map((value, index) => value * (mask[index] ?? 0)))
  const square = mean(light.map((value) => value * value))
  await pace.breathe()
  const slope = both.map((value, index) => {
    const [l = 0, m = 0] = [meanLight[index], meanMask[index]]
    return (value - l * m) / ((square[index] ?? 0) - l * l + FLATNESS)
  })
  const start = meanMask.map(
    (value, index) => value - (slope[index] ?? 0) * (meanLight[index] ?? 0),
  )
  return { slope: mean(slope), start: mean(start), light, reach }
}

type Matte = Awaited<ReturnType<typeof guidedMatte>>

/** Slope and start of the matte, then the colours of subject and backdrop around each pixel. */
function planesOf(small: Small, { slope, start, light, reach }: Matte): Float32Array[] {
  const { width, height, pixels } = small
  const alpha = light.map((value, index) =>
    steep(value * (slope[index] ?? 0) + (start[index] ?? 0)),
  )
  const mean = (values: Float32Array) => boxMeans(values, { width, height, reach: reach * 2 })
  const around = (weights: Float32Array) => {
    const total = mean(weights)
    return [0, 1, 2].map((channel) => {
      const colors = mean(
        weights.map((weight, index) => weight * (pixels[index * 3 + channel] ?? 0)),
      )
      return colors.map((value, index) => value / Math.max(1e-4, total[index] ?? 0))
    })
  }
  return [slope, start, ...around(alpha), ...around(alpha.map((value) => 1 - value))]
}

async function apply(
  raster: Raster,
  planes: Float32Array[],
  small: Small,
  pace: Pace,
): Promise<void> {
  const { pixels, width, height, channels } = raster
  for (let y = 0; y < height; y += 1) {
    await pace.breathe()
    const v = ((y + 0.5) / height) * small.height - 0.5
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * channels
      const look = lookUp(small, ((x + 0.5) / width) * small.width - 0.5, v)
      const [slope = new Float32Array(), start = slope, ...colors] = planes
      const alpha = steep(look(slope) * brightnessOf(pixels, at) + look(start))
      pixels[at + 3] = Math.round(255 * alpha)
      if (alpha <= 0 || alpha >= 1) continue
      for (let channel = 0; channel < 3; channel += 1) {
        const subject = look(colors[channel] ?? slope)
        const backdrop = look(colors[channel + 3] ?? slope)
        const seen = pixels[at + channel] ?? 0
        const own = subject + alpha * (seen - alpha * subject - (1 - alpha) * backdrop)
        pixels[at + channel] = Math.min(255, Math.max(0, Math.round(own)))
      }
    }
  }
}

/** Reads planes at a place between their pixels. */
function lookUp({ width, height }: Small, x: number, y: number): (plane: Float32Array) => number {
  const left = Math.min(width - 1, Math.max(0, Math.floor(x)))
  const top = Math.min(height - 1, Math.max(0, Math.floor(y)))
  const [right, down] = [Math.min(1, Math.max(0, x - left)), Math.min(1, Math.max(0, y - top))]
  const next = left < width - 1 ? 1 : 0
  const below = top < height - 1 ? width : 0
  const at = top * width + left
  return (plane) =>
    ((plane[at] ?? 0) * (1 - right) + (plane[at + next] ?? 0) * right) * (1 - down) +
    ((plane[at + below] ?? 0) * (1 - right) + (plane[at + below + next] ?? 0) * right) * down
}

/** Haze far from an edge goes; what is nearly solid becomes solid. */
function steep(alpha: number): number {
  const part = Math.min(1, Math.max(0, (alpha - 0.12) / 0.76))
  return part * part * (3 - 2 * part)
}

function brightnessOf(pixels: Uint8Array, at: number): number {
  return (
    (0.299 * (pixels[at] ?? 0) + 0.587 * (pixels[at + 1] ?? 0) + 0.114 * (pixels[at + 2] ?? 0)) /
    255
  )
}
