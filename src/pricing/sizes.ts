/** Width and height in pixels. */
export type Size = { width: number; height: number }

/** Named sizes, with the names of fal.ai. */
export const NAMED_SIZES = {
  square_hd: { width: 1024, height: 1024 },
  square: { width: 512, height: 512 },
  portrait_4_3: { width: 768, height: 1024 },
  portrait_16_9: { width: 576, height: 1024 },
  landscape_4_3: { width: 1024, height: 768 },
  landscape_16_9: { width: 1024, height: 576 },
} as const satisfies Record<string, Size>

export type NamedSize = keyof typeof NAMED_SIZES

/** Longest side of an image that can be requested, in pixels. */
export const SIDE_MAX = 4096

/** Limit of the pixels of the base call. Every named size is within it. */
export const BASE_PIXELS = 1_048_576

/** Returns a named size in pixels; undefined for any other text. */
export function namedSize(name: string): Size | undefined {
  return Object.hasOwn(NAMED_SIZES, name) ? NAMED_SIZES[name as NamedSize] : undefined
}

/** Reads a size: a name, or an object with whole `width` and `height`. Returns null for any other value. */
export function readSize(value: unknown): Size | null {
  if (typeof value === 'string') return namedSize(value) ?? null
  if (typeof value !== 'object' || value === null) return null
  const { width, height } = value as Partial<Size>
  return isSide(width) && isSide(height) ? { width, height } : null
}

function isSide(side: unknown): side is number {
  return typeof side === 'number' && Number.isSafeInteger(side) && side > 0
}
