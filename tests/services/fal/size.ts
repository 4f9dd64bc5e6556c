import { isRecord } from './check.ts'
import { PRESETS } from './fields.ts'
import { numberOf, textOf, type Input, type InputPicture } from './model.ts'

export type Size = { width: number; height: number }

/** Pixels along the side of a square at each resolution word. */
const TIERS: Readonly<Record<string, number>> = { '0.5K': 512, '1K': 1024, '2K': 2048, '4K': 4096 }

/** The size a request asks for: its own words first, then the shape of its input picture. */
export function sizeOf(input: Input, pictures: readonly InputPicture[]): Size {
  const asked = input['image_size']
  if (isRecord(asked)) {
    return { width: numberOf(asked, 'width') ?? 512, height: numberOf(asked, 'height') ?? 512 }
  }
  const preset = PRESETS[textOf(input, 'image_size') ?? '']
  if (preset !== undefined) return preset
  const [first] = pictures
  const ratio = textOf(input, 'aspect_ratio') ?? 'auto'
  const tier = textOf(input, 'resolution')
  if (ratio === 'auto' && tier === undefined && first !== undefined) {
    return { width: first.width, height: first.height }
  }
  const [across, down] = ratio.split(':').map(Number)
  const auto = first === undefined ? 1 : first.width / first.height
  const shape = across === undefined || down === undefined ? auto : across / down
  const side = TIERS[tier ?? '1K'] ?? 1024
  return {
    width: toEight(side * Math.sqrt(shape)),
    height: toEight(side / Math.sqrt(shape)),
  }
}

function toEight(pixels: number): number {
  return Math.max(8, Math.round(pixels / 8) * 8)
}
