import { NAMED_SIZES, namedSize, type Size } from '../../../pricing/sizes.ts'
import { MAX_SIDE, MIN_SIDE } from '../draft/drafts.ts'

type Input = Record<string, unknown>

const DEFAULT_SIZE: Size = NAMED_SIZES.landscape_4_3

/** The first text of an input that reads like a wish; null where there is none. */
export function textOf(input: Input): string | null {
  const texts = ['prompt', 'text', 'lyrics', 'description'].map((field) => input[field])
  return (
    texts.find((text): text is string => typeof text === 'string' && text.trim() !== '') ?? null
  )
}

/** The size of `image_size`, a preset or an object, moved into bounds; 1024 x 768 without one. */
export function sizeOf({ image_size: size }: Input): Size {
  if (typeof size === 'string') return namedSize(size) ?? DEFAULT_SIZE
  if (typeof size !== 'object' || size === null) return DEFAULT_SIZE
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
