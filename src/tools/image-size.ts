import * as z from 'zod'
import { inQuotes } from '../media/reference.ts'
import {
  BASE_PIXELS,
  NAMED_SIZES,
  namedSize,
  SIDE_MAX,
  type NamedSize,
  type Size,
} from '../pricing/sizes.ts'
import { readJson } from '../text.ts'
import { shownAs } from './schema.ts'

const DEFAULT_SIZE: NamedSize = 'landscape_16_9'
const SIDE = { min: 64, max: SIDE_MAX }
/** Sides computed from a ratio are multiples of this many pixels, because models round other values. */
const STEP = 8
/** Largest ratio. Above it, a side would exceed 4096 pixels. */
const RATIO_MAX = 16

const PIXELS = /^(\d{1,6})\s*[x×]\s*(\d{1,6})$/i
const RATIO = /^(\d{1,4}(?:\.\d{1,3})?):(\d{1,4}(?:\.\d{1,3})?)$/

const NAMES = Object.keys(NAMED_SIZES).join(', ')
const NOT_A_SIZE = `must be one of ${NAMES}, a ratio from 1:${RATIO_MAX} to ${RATIO_MAX}:1 such as 16:9, or pixels such as 1024x768`
const NOT_A_SIDE = `must be a whole number from ${SIDE.min} to ${SIDE.max}`

/** An image size: a name, a ratio such as `16:9`, pixels such as `1024x768`, or `{ width, height }`. */
export const imageSize = shownAs(z.unknown().transform(readSize).prefault(DEFAULT_SIZE), {
  type: 'string',
  minLength: 1,
  maxLength: 40,
  default: DEFAULT_SIZE,
  description: `${NAMES}; a ratio such as 3:2 (about 1 megapixel); or pixels such as 1024x768, 64–4096 a side. Default ${DEFAULT_SIZE}.`,
})

function readSize(value: unknown, context: z.core.$RefinementCtx): Size {
  const size = typeof value === 'string' ? sizeOf(value.trim()) : value
  for (const problem of problemsOf(size)) context.addIssue({ code: 'custom', ...problem })
  return size as Size
}

/** Parses a size from text. For invalid text it returns something that `problemsOf` refuses. */
function sizeOf(text: string): unknown {
  const named = namedSize(text)
  if (named !== undefined) return named
  const [, width, height] = PIXELS.exec(text) ?? []
  if (width !== undefined) return { width: Number(width), height: Number(height) }
  const [, wide, high] = RATIO.exec(text) ?? []
  if (wide !== undefined) return sizeOfRatio(Number(wide) / Number(high))
  return text.startsWith('{') ? readJson(text) : undefined
}

/** Returns a size of about one megapixel, never more. Rounds the shorter side first. Returns undefined if the ratio is too wide. */
function sizeOfRatio(ratio: number): Size | undefined {
  const proportion = Math.max(ratio, 1 / ratio)
  if (!(proportion <= RATIO_MAX)) return undefined
  const short = STEP * Math.floor(Math.sqrt(BASE_PIXELS / proportion) / STEP)
  const nearest = STEP * Math.round((short * proportion) / STEP)
  const long = nearest * short > BASE_PIXELS ? nearest - STEP : nearest
  return ratio < 1 ? { width: short, height: long } : { width: long, height: short }
}

function problemsOf(size: unknown): { path: string[]; message: string }[] {
  if (typeof size !== 'object' || size === null) return [{ path: [], message: NOT_A_SIZE }]
  const { width, height, ...others } = size as Record<string, unknown>
  const sides = Object.entries({ width, height })
    .filter(([, length]) => !isSide(length))
    .map(([side]) => ({ path: [side], message: NOT_A_SIDE }))
  const unknown = Object.keys(others).map((key) => ({
    path: [],
    message: `takes width and height, not ${inQuotes(key)}`,
  }))
  return [...sides, ...unknown]
}

function isSide(length: unknown): boolean {
  return (
    typeof length === 'number' &&
    Number.isInteger(length) &&
    length >= SIDE.min &&
    length <= SIDE.max
  )
}
