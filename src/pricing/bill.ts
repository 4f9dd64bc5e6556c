import { AppError } from '../errors.ts'
import { BASE_PIXELS, type Size } from './sizes.ts'

/** Arguments in a model's own words: those of `run`. */
export type Input = Record<string, unknown>

/** What the cost of a call depends on. Sizes are pixels. */
export type Measures = {
  /** Of each picture that is made, where the call decides it. */
  size?: Size | undefined
  /** Of the pictures that are worked on, where they are known. */
  inputs?: readonly Size[] | undefined
  input: Input
}

/** Micro-dollars for a second of film, where the arguments say all of `when`. */
type Rate = { micro: number; when?: Readonly<Input> }

/** Up to so many pixels a picture costs so many micro-dollars. `name` is what the endpoint calls it. */
export type Tier = { name: string; pixels: number; micro: number }

/**
 * What fal bills one output of a model by, in micro-dollars. The base is what the list price covers.
 * - `output`: the same for each; null where it depends on compute time.
 * - `megapixel`: every million pixels begun, the first 1,048,576 pixels being one; `inputs`: those of input pictures too.
 * - `tier`: by the size of the picture, or by `field` where that names a tier.
 * - `second` and `character`: by an argument; `base` are covered. The first rate is the default quality.
 * - `step`: compute time in proportion to an argument; what one costs is not known.
 */
export type Bill =
  | { by: 'output'; micro: number | null }
  | { by: 'megapixel'; micro: number; inputs?: true }
  | { by: 'tier'; tiers: readonly [Tier, ...Tier[]]; field?: string }
  | { by: 'second'; field: string; base: number; rates: readonly [Rate, ...Rate[]] }
  | { by: 'character'; field: string; base: number; micro: number }
  | { by: 'step'; field: string; base: number }

/** The call that the list price is for: one output at the default size, length and quality. */
export const BASE_CALL: Measures = { input: {} }

/** Whether the cost depends on the pictures that are worked on, so that they have to be read first. */
export function dependsOnInputs(bill: Bill): boolean {
  if (bill.by === 'tier') return bill.field === undefined
  return bill.by === 'megapixel' && bill.inputs === true
}

/** The arguments that decide the cost of a call. */
export function measuresOf(bill: Bill): string[] {
  if (bill.by === 'second') {
    const conditions = bill.rates.flatMap(({ when = {} }) => Object.keys(when))
    return [bill.field, ...new Set(conditions)]
  }
  return 'field' in bill ? [bill.field] : []
}

/**
 * What fal asks for one output of a call, in micro-dollars; null where no one can say beforehand.
 * Throws `invalid_input` for an argument that cannot be measured.
 */
export function costOf(bill: Bill, call: Measures): number | null {
  const isKnown = bill.by !== 'step' && !(bill.by === 'output' && bill.micro === null)
  return isKnown ? weigh(bill, call) : null
}

/** How much dearer a call is than the base call, as two whole numbers. Throws as `costOf`. */
export function proportion(bill: Bill, call: Measures): { of: number; to: number } {
  return { of: weigh(bill, call), to: weigh(bill, BASE_CALL) }
}

/** The tier that covers a size: the largest where none does. */
export function tierOf(tiers: readonly [Tier, ...Tier[]], { width, height }: Size): Tier {
  return tiers.find(({ pixels }) => width * height <= pixels) ?? tiers.at(-1) ?? tiers[0]
}

/** The tier an argument names: the dearest for a name that is not known. */
function tierNamed(tiers: readonly [Tier, ...Tier[]], name: unknown): Tier {
  if (name === undefined) return tiers[0]
  return tiers.find((tier) => tier.name === name) ?? tiers.at(-1) ?? tiers[0]
}

/** Units of `megapixel`: every million pixels begun, and one for all that the base covers. */
export function megapixelsOf({ width, height }: Size): number {
  const pixels = width * height
  return pixels <= BASE_PIXELS ? 1 : Math.ceil(pixels / 1_000_000)
}

function weigh(bill: Bill, { size, inputs = [], input }: Measures): number {
  switch (bill.by) {
    case 'output':
      return bill.micro ?? 1
    case 'megapixel': {
      const made = size === undefined ? 1 : megapixelsOf(size)
      const read = bill.inputs === true ? inputs.map(megapixelsOf) : []
      return read.reduce((sum, units) => sum + units, made) * bill.micro
    }
    case 'tier':
      return size === undefined
        ? tierNamed(bill.tiers, input[bill.field ?? '']).micro
        : tierOf(bill.tiers, size).micro
    case 'second':
      return secondsOf(input, bill) * rateOf(bill.rates, input)
    case 'character':
      return charactersOf(input, bill) * bill.micro
    case 'step':
      return stepsOf(input, bill)
  }
}

/** The last rate whose conditions hold; the first has none. */
function rateOf(rates: readonly [Rate, ...Rate[]], input: Input): number {
  const fits = ({ when = {} }: Rate): boolean =>
    Object.entries(when).every(([field, value]) => input[field] === value)
  return (rates.findLast(fits) ?? rates[0]).micro
}

type Measured = { field: string; base: number }

/** Whole seconds of 5, "5" or "5s"; the base where nothing is said. */
function secondsOf(input: Input, { field, base }: Measured): number {
  if (input[field] === undefined) return base
  const seconds = readSeconds(input[field])
  return seconds > 0 ? seconds : refuse(field, 'whole seconds, such as 5 or "5s"')
}

/** Whole seconds of 5, "5" or "5s"; 0 for anything else. */
export function readSeconds(value: unknown): number {
  const text = typeof value === 'number' ? `${value}` : value
  return typeof text === 'string' ? Number(/^(\d{1,4})s?$/.exec(text)?.[1] ?? 0) : 0
}

/** Characters are counted as people do: a code point is one. */
function charactersOf(input: Input, { field, base }: Measured): number {
  const text = input[field]
  if (text === undefined) return base
  return typeof text === 'string' ? lengthOf(text) : refuse(field, 'a text')
}

/** The length of a text in code points. */
export function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length += 1
  return length
}

function stepsOf(input: Input, { field, base }: Measured): number {
  const steps = input[field] ?? base
  return typeof steps === 'number' && Number.isSafeInteger(steps) && steps > 0
    ? steps
    : refuse(field, 'a whole number')
}

function refuse(field: string, wanted: string): never {
  const message = `input.${field} must be ${wanted}: the price depends on it.`
  throw new AppError('invalid_input', message, {
    hint: `Leave input.${field} out, or give ${wanted}.`,
  })
}
