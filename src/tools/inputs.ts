import * as z from 'zod'
import { MAX_REFERENCE } from '../media/reference.ts'
import { micro, MICRO_PER_USD, type Micro } from '../money.ts'
import { IMAGE_FORMATS } from '../media/image.ts'
import { shownAs } from './schema.ts'

/**
 * Arguments that tools share, with their bounds. The important bounds are also in the description, because
 * some clients show a model only that.
 */
export const text = z.string().min(1).max(10_000)
export const prompt = text
  .refine((words) => words.trim() !== '', 'is required')
  .describe('What to make, in plain words.')
export const reference = z.string().trim().min(1).max(14_100_000)
export const image = reference.describe(
  'Path, https URL, data URI (≤ 10 MiB), or asset_… or gen_… id.',
)
export const numImages = z.int().min(1).max(4).default(1).describe('1–4, default 1; each is paid.')
export const seed = z
  .int()
  .min(0)
  .max(4_294_967_295)
  .describe('Repeats a result where the model can.')
  .optional()
export const outputFormat = z
  .enum(IMAGE_FORMATS)
  .describe('Default: what the model makes.')
  .optional()

/** An `asset_…` or `gen_…` id, or another reference from a result. */
export const resultReference = z.string().trim().min(1).max(MAX_REFERENCE)

/** How long a call waits, in seconds. The maximum is below 60, the default timeout of client libraries. */
export const waitSeconds = z.int().min(0).max(45)

/** A model-specific object that is passed on unchecked. `parseInput` limits its depth. */
export const openObject = shownAs(z.record(z.string(), z.unknown()), { type: 'object' })

/** Arguments of every paid tool, in addition to its own. */
export const payment = {
  maxCostUsd: z.number().min(0).max(10_000).describe('Refuse above this price.').optional(),
  quoteOnly: z.boolean().describe('Only tell the price.').optional(),
  idempotencyKey: z
    .string()
    .min(1)
    .max(128)
    .refine((key) => key.isWellFormed(), 'must be well-formed Unicode')
    .describe('The same value when repeating the same intended image.')
    .optional(),
  saveAs: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .describe('File name below the output folder.')
    .optional(),
  preview: z.boolean().default(true).describe('Show a small picture, default true.'),
  waitSeconds: waitSeconds.describe('0–45, default 45; 0 only starts the work.').optional(),
}

/** Returns how long a call waits for its work, in milliseconds: `maxWaitMs`, or `seconds` if that is shorter. */
export function maxWaitOf({ maxWaitMs }: { maxWaitMs: number }, seconds?: number): number {
  return seconds === undefined ? maxWaitMs : Math.min(maxWaitMs, seconds * 1000)
}

/** Converts a limit from US dollars to micro-USD, rounded down. Floating-point error is removed: 0.07 becomes 70,000. */
export function microOf(usd: number | undefined): Micro | null {
  if (usd === undefined) return null
  const nearest = Math.round(usd * MICRO_PER_USD)
  return micro(nearest / MICRO_PER_USD > usd ? nearest - 1 : nearest)
}
