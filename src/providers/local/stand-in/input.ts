import { MAX_SIDE, MIN_SIDE } from '../draft/drafts.ts'

type Input = Record<string, unknown>
type Size = { width: number; height: number }

const DEFAULT_SIZE: Size = { width: 1024, height: 768 }

const SIZES: ReadonlyMap<unknown, Size> = new Map([
  ['square_hd', { width: 1024, height: 1024 }],
  ['square', { width: 512, height: 512 }],
  ['portrait_4_3', { width: 768, height: 1024 }],
  ['portrait_16_9', { width: 576, height: 1024 }],
  ['landscape_4_3', DEFAULT_SIZE],
  ['landscape_16_9', { width: 1024, height: 576 }],
])

/** The first text of an input that reads like a wish; null where there is none. */
export function textOf(input: Input): string | null {
  const texts = ['prompt', 'text', 'lyrics', 'description'].map((field) => input[field])
  return (
    texts.find((text): text is string => typeof text === 'string' && text.trim() !== '') ?? null
  )
}

/** The size of `image_size`, a preset or an object, moved into bounds; 1024 x 768 without one. */
export function sizeOf({ image_size: size }: Input): Size {
  if (typeof size !== 'object' || size === null) return SIZES.get(size) ?? DEFAULT_SIZE
  const side = (value: unknown, fallback: number) =>
    typeof value === 'number' && Number.isFinite(value)
      ? Math.min(MAX_SIDE, Math.max(MIN_SIDE, Math.round(value)))
      : fallback
  const { width, height } = size as Partial<Record<'width' | 'height', unknown>>
  return {
    width: side(width, DEFAULT_SIZE.width),
    height: side(height, DEFAULT_SIZE.height),
  }
}

/** A whole number of an input; undefined for anything else. */
export function wholeNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
}
