import { fromRaster, toRaster, type Raster } from '../core/raster.ts'
import type { Tone } from './step.ts'

/** Changes every colour and no transparency. */
export async function tone(raster: Raster, { matrix, offset }: Tone): Promise<Raster> {
  // The half makes a rounding of what libvips cuts off.
  const rows = matrix.map(([red, green, blue]) => [red, green, blue]) as Matrix
  return toRaster((await fromRaster(raster)).recomb(rows).linear(1, offset + 0.5))
}

type Numbers = [number, number, number]
type Matrix = [Numbers, Numbers, Numbers]

/** Gives every channel of every pixel a new value, 0 to 255; transparency stays. */
export function mapChannels(raster: Raster, change: (value: number) => number): Raster {
  const changed = Uint8Array.from({ length: 256 }, (_, value) => change(value))
  const pixels = raster.pixels.map((value, at) => (at % 4 === 3 ? value : (changed[value] ?? 0)))
  return { ...raster, pixels }
}

/** Paints every block of `size` x `size` pixels in its mean colour. */
export async function pixelate(raster: Raster, size: number): Promise<Raster> {
  const { width, height } = raster
  const [columns, rows] = [Math.ceil(width / size), Math.ceil(height / size)]
  // Blocks at the right and the bottom are filled up, so that all have one size.
  const whole = await toRaster(
    (await fromRaster(raster)).extend({
      right: columns * size - width,
      bottom: rows * size - height,
      extendWith: 'mirror',
    }),
  )
  const blocks = await toRaster(
    (await fromRaster(whole)).resize(columns, rows, { fit: 'fill', kernel: 'linear' }),
  )
  const large = (await fromRaster(blocks)).resize(columns * size, rows * size, {
    fit: 'fill',
    kernel: 'nearest',
  })
  const painted = await toRaster(large)
  return toRaster((await fromRaster(painted)).extract({ left: 0, top: 0, width, height }))
}

/** Makes what lies outside a rounded rectangle transparent; `radius` is in pixels. */
export async function roundCorners(raster: Raster, radius: number): Promise<Raster> {
  const shape = svg(raster, `<rect width="100%" height="100%" rx="${radius}"/>`)
  return toRaster((await fromRaster(raster)).composite([{ input: shape, blend: 'dest-in' }]))
}

/** Darkens towards the corners, each of which loses `strength` (0 to 1) of its light. */
export async function vignette(raster: Raster, strength: number): Promise<Raster> {
  // A smooth step of the squared distance from the middle, which is 1 in the corners.
  const stops = Array.from({ length: 21 }, (_, index) => {
    const far = (index / 20) ** 2
    return `<stop offset="${index / 20}" stop-opacity="${strength * far * far * (3 - 2 * far)}"/>`
  })
  const shade = svg(
    raster,
    `<radialGradient id="v" r="${Math.SQRT1_2}">${stops.join('')}</radialGradient><rect width="100%" height="100%" fill="url(#v)"/>`,
  )
  return toRaster((await fromRaster(raster)).composite([{ input: shade, blend: 'atop' }]))
}

/** Every opacity times `share`. */
export async function fade(raster: Raster, share: number): Promise<Raster> {
  return toRaster((await fromRaster(raster)).linear([1, 1, 1, share], [0, 0, 0, 0.5]))
}

function svg({ width, height }: Raster, body: string): Buffer {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${body}</svg>`,
  )
}
