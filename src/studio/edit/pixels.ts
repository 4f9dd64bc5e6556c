import type { Pace } from '../core/pace.ts'
import type { Raster } from '../core/raster.ts'
import type { Tone } from './step.ts'

/** Changes every colour and no transparency. Throws `cancelled`. */
export async function tone(raster: Raster, { matrix, offset }: Tone, pace: Pace): Promise<Raster> {
  const pixels = new Uint8ClampedArray(raster.pixels)
  for (let index = 0; index < pixels.length; index += 4) {
    if (index % 16_384 === 0) await pace.breathe()
    const red = pixels[index] ?? 0
    const green = pixels[index + 1] ?? 0
    const blue = pixels[index + 2] ?? 0
    for (let channel = 0; channel < 3; channel += 1) {
      const row = matrix[channel as 0 | 1 | 2]
      pixels[index + channel] = row[0] * red + row[1] * green + row[2] * blue + offset
    }
  }
  return { ...raster, pixels: new Uint8Array(pixels.buffer) }
}

/** Paints every block of `size` x `size` pixels in its mean colour. Throws `cancelled`. */
export async function pixelate(raster: Raster, size: number, pace: Pace): Promise<Raster> {
  const pixels = new Uint8Array(raster.pixels)
  for (let top = 0; top < raster.height; top += size) {
    await pace.breathe()
    for (let left = 0; left < raster.width; left += size) {
      const block = {
        left,
        top,
        right: Math.min(raster.width, left + size),
        bottom: Math.min(raster.height, top + size),
      }
      const mean = meanOf(raster, block)
      eachPixel(block, raster.width, (index) => pixels.set(mean, index))
    }
  }
  return { ...raster, pixels }
}

/** Makes what lies outside a rounded rectangle transparent. Throws `cancelled`. */
export async function roundCorners(raster: Raster, radius: number, pace: Pace): Promise<Raster> {
  const { width, height } = raster
  const pixels = new Uint8Array(raster.pixels)
  const reach = Math.min(radius, width / 2, height / 2)
  for (let y = 0; y < height; y += 1) {
    await pace.breathe()
    const down = Math.max(0, Math.abs(y + 0.5 - height / 2) - (height / 2 - reach))
    if (down === 0) continue
    for (let x = 0; x < width; x += 1) {
      const across = Math.max(0, Math.abs(x + 0.5 - width / 2) - (width / 2 - reach))
      const cover =
        across === 0 ? 1 : Math.min(1, Math.max(0, reach - Math.hypot(across, down) + 0.5))
      const alpha = (y * width + x) * 4 + 3
      pixels[alpha] = Math.round((pixels[alpha] ?? 0) * cover)
    }
  }
  return { ...raster, pixels }
}

type Block = { left: number; top: number; right: number; bottom: number }

/** The mean colour, each pixel counting as much as it is opaque. */
function meanOf({ pixels, width }: Raster, block: Block): Uint8Array {
  let [red, green, blue, alpha, count] = [0, 0, 0, 0, 0]
  eachPixel(block, width, (index) => {
    const weight = pixels[index + 3] ?? 0
    red += (pixels[index] ?? 0) * weight
    green += (pixels[index + 1] ?? 0) * weight
    blue += (pixels[index + 2] ?? 0) * weight
    alpha += weight
    count += 1
  })
  const seen = Math.max(1, alpha)
  return Uint8Array.of(red / seen, green / seen, blue / seen, alpha / count)
}

function eachPixel(
  { left, top, right, bottom }: Block,
  width: number,
  visit: (index: number) => void,
): void {
  for (let y = top; y < bottom; y += 1)
    for (let x = left; x < right; x += 1) visit((y * width + x) * 4)
}
