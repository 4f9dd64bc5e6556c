import { lumaAt } from '../core/luma.ts'
import { fromRaster, type Raster } from '../core/raster.ts'
import { sampler } from '../core/bilinear.ts'
import { boxFilter } from './box-filter.ts'
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
 * mixture they show (blur fusion, Forte 2021).
 */
export async function applyMatte(raster: Raster, confidence: Float32Array): Promise<void> {
  const small = await shrunk(raster)
  const mask = sampledMask(confidence, small)
  const planes = planesOf(small, guidedMatte(small, mask))
  apply(raster, planes, small)
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
  const mask = { width: NETWORK_SIDE, height: NETWORK_SIDE }
  return Float32Array.from({ length: width * height }, (_, index) => {
    const x = ((index % width) + 0.5) / width
    const y = (Math.floor(index / width) + 0.5) / height
    return sampler(mask, x, y)(confidence)
  })
}

/** The matte as a line through brightness around each pixel: slope and start, smooth enough to enlarge. */
function guidedMatte(small: Small, mask: Float32Array) {
  const { width, height } = small
  const reach = Math.max(2, Math.round(Math.max(width, height) * EDGE_REACH))
  const mean = (values: Float32Array) => boxFilter(values, { width, height, reach })
  const light = Float32Array.from(mask, (_, index) => lumaAt(small.pixels, index * 3) / 255)
  const [meanLight, meanMask] = [mean(light), mean(mask)]
  const both = mean(light.map((value, index) => value * (mask[index] ?? 0)))
  const square = mean(light.map((value) => value * value))
  const slope = both.map((value, index) => {
    const [l = 0, m = 0] = [meanLight[index], meanMask[index]]
    return (value - l * m) / ((square[index] ?? 0) - l * l + FLATNESS)
  })
  const start = meanMask.map(
    (value, index) => value - (slope[index] ?? 0) * (meanLight[index] ?? 0),
  )
  return { slope: mean(slope), start: mean(start), light, reach }
}

type Matte = ReturnType<typeof guidedMatte>

/** Slope and start of the matte, then the colours of subject and backdrop around each pixel. */
function planesOf(small: Small, { slope, start, light, reach }: Matte): Float32Array[] {
  const { width, height, pixels } = small
  const alpha = light.map((value, index) =>
    sharpened(value * (slope[index] ?? 0) + (start[index] ?? 0)),
  )
  const mean = (values: Float32Array) => boxFilter(values, { width, height, reach: reach * 2 })
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

function apply(raster: Raster, planes: Float32Array[], small: Small): void {
  const { pixels, width, height, channels } = raster
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * channels
      const look = sampler(small, (x + 0.5) / width, (y + 0.5) / height)
      const [slope = new Float32Array(), start = slope, ...colors] = planes
      const alpha = sharpened(look(slope) * (lumaAt(pixels, at) / 255) + look(start))
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

/** A smooth step from 0.12 to 0.88: removes faint haze and makes nearly solid pixels solid. */
function sharpened(alpha: number): number {
  const part = Math.min(1, Math.max(0, (alpha - 0.12) / 0.76))
  return part * part * (3 - 2 * part)
}
