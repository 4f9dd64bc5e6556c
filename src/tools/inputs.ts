import { z } from 'zod'
import { AppError } from '../errors.ts'
import { micro, MICRO_PER_USD, type Micro } from '../money.ts'
import { IMAGE_FORMATS } from '../providers/provider.ts'

/** Arguments that tools share, each with the bounds that the model is shown. */
export const prompt = z.string().min(1).max(10_000).describe('What to make, in plain words.')
export const model = z
  .string()
  .min(3)
  .max(200)
  .describe(
    'fal.ai endpoint id; inkwell://pricing lists the priced ones. Leave out for the default.',
  )
  .optional()
export const image = z
  .string()
  .min(1)
  .max(14_100_000)
  .describe(
    'File path, https URL, data URI (up to 10 MiB), or the asset_… or gen_… id of an earlier result.',
  )
export const numImages = z
  .int()
  .min(1)
  .max(4)
  .default(1)
  .describe('How many images; the price is per image.')
export const seed = z
  .int()
  .min(0)
  .max(4_294_967_295)
  .describe('The same seed and arguments repeat a result where the model allows it.')
  .optional()
export const outputFormat = z
  .enum(IMAGE_FORMATS)
  .describe('File type; the model decides where this is left out.')
  .optional()

/** Longest a call waits, in seconds: the default of client libraries gives up after 60. */
const WAIT_MAX = 45

/** Arguments that every paid tool takes besides its own. */
export const payment = {
  maxCostUsd: z
    .number()
    .min(0)
    .max(10_000)
    .describe('Refuse the call if it costs more than this many US dollars.')
    .optional(),
  quoteOnly: z
    .boolean()
    .default(false)
    .describe('Answer the price and whether it would be allowed; make and spend nothing.'),
  idempotencyKey: z
    .string()
    .min(1)
    .max(128)
    .describe(
      'The same value when repeating the same intended image: a repeat returns the first result and is not charged again.',
    )
    .optional(),
  saveAs: z
    .string()
    .min(1)
    .max(200)
    .describe('File name or relative path in the output folder; not over HTTP.')
    .optional(),
  preview: z.boolean().default(true).describe('Include a small preview image in the answer.'),
  waitSeconds: z
    .int()
    .min(0)
    .max(WAIT_MAX)
    .describe(
      'How long to wait before answering "running", 0–45, default 45; 0 only starts the work.',
    )
    .optional(),
}

/** How long a call waits for its work, in milliseconds: as long as the client does, or less where it says so. */
export function patienceOf({ patienceMs }: { patienceMs: number }, waitSeconds?: number): number {
  return waitSeconds === undefined ? patienceMs : Math.min(patienceMs, waitSeconds * 1000)
}

/** A limit in US dollars as micro-dollars: rounded down, but 0.07 is 70,000 whatever its float says. */
export function microOf(usd: number | undefined): Micro | null {
  if (usd === undefined) return null
  const nearest = Math.round(usd * MICRO_PER_USD)
  return micro(nearest / MICRO_PER_USD > usd ? nearest - 1 : nearest)
}

/** Most problems named in one refusal. */
const ISSUES_MAX = 5

/** Deepest nesting of arguments: what reads them, zod first, would run out of stack. */
const DEPTH_MAX = 64

/** Checks arguments against a schema. Throws `invalid_input`, naming each argument and its bound. */
export function parseInput(schema: z.ZodObject, input: unknown): Record<string, unknown> {
  if (isTooDeep(input)) throw tooDeep()
  const parsed = schema.safeParse(input ?? {})
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.slice(0, ISSUES_MAX).map(wordIssue)
  throw new AppError('invalid_input', `${issues.join('; ')}.`, {
    hint: 'Correct the arguments and call again; the input schema of the tool gives every bound.',
  })
}

function isTooDeep(input: unknown): boolean {
  let level = [input]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEPTH_MAX) return true
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? (Object.values(value) as unknown[]) : [],
    )
  }
  return false
}

function tooDeep(): AppError {
  return new AppError(
    'invalid_input',
    `The arguments are nested deeper than ${DEPTH_MAX} levels.`,
    {
      hint: 'Send them flatter.',
    },
  )
}

function wordIssue({ path, message }: z.core.$ZodIssue): string {
  const where = path.map(String).join('.')
  const words = message.length > 200 ? `${message.slice(0, 200)}…` : message
  return where === '' ? words : `${where}: ${words}`
}
