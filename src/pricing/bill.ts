import { AppError } from '../errors.ts'
import { BASE_PIXELS, type Size } from './sizes.ts'

/** The arguments of `run`, with the field names of the model. */
export type Input = Record<string, unknown>

/** What the cost of a call depends on. Sizes are in pixels. */
export type Measures = {
  /** Size of each output image, where the call decides it. */
  size?: Size | undefined
  /** Sizes of the input images, where they are known. */
  inputs?: readonly Size[] | undefined
  input: Input
}

/** Micro-dollars for one second of video, for calls whose arguments have all values of `when`. */
type Rate = { micro: number; when?: Readonly<Input> }

/** An image of up to `pixels` pixels costs `micro` micro-dollars. `name` is the endpoint's name of the tier. */
export type Tier = { name: string; pixels: number; micro: number }

/**
 * How fal bills one output of a model, in micro-dollars. `base` is what the list price covers.
 * - `output`: the same for each output; null where the cost depends on compute time.
 * - `megapixel`: per million pixels begun; up to 1,048,576 pixels count as one. With `inputs`, input images count too.
 * - `tier`: by the size of the image, or by `field` where that argument names a tier.
 * - `second` and `character`: per unit of the argument `field`. The first rate is the default quality.
 * - `step`: compute time in proportion to the argument `field`; the cost of one step is not known.
 */
export type Bill =
  | { by: 'output'; micro: number | null }
  | { by: 'megapixel'; micro: number; inputs?: true }
  | { by: 'tier'; tiers: readonly [Tier, ...Tier[]]; field?: string }
  | { by: 'second'; field: string; base: number; rates: readonly [Rate, ...Rate[]] }
  | { by: 'character'; field: string; base: number; micro: number }
  | { by: 'step'; field: string; base: number }

/** The call that the list price covers: one output at the default size, length and quality. */
export const BASE_CALL: Measures = { input: {} }

/** Returns whether the cost depends on the input images, so that they must be read before pricing. */
export function dependsOnInputs(bill: Bill): boolean {
  if (bill.by === 'tier') return bill.field === undefined
  return bill.by === 'megapixel' && bill.inputs === true
}

/** Returns the names of the arguments that decide the cost of a call. */
export function measuresOf(bill: Bill): string[] {
  if (bill.by === 'second') {
    const conditions = bill.rates.flatMap(({ when = {} }) => Object.keys(when))
    return [bill.field, ...new Set(conditions)]
  }
  return 'field' in bill ? [bill.field] : []
}

/**
 * Returns the cost of one output of a call at fal, in micro-dollars; null if it is not known before the call.
 * Throws `invalid_input` for an argument that cannot be measured.
 */
export function costOf(bill: Bill, call: Measures): number | null {
  const isKnown = bill.by !== 'step' && !(bill.by === 'output' && bill.micro === null)
  return isKnown ? relativeCost(bill, call) : null
}

/** Returns the cost of a call (`of`) relative to that of the base call (`to`), as whole numbers. Throws as `costOf` does. */
export function proportion(bill: Bill, call: Measures): { of: number; to: number } {
  return { of: relativeCost(bill, call), to: relativeCost(bill, BASE_CALL) }
}

/** Returns the tier that covers a size; the largest if none does. */
export function tierOf(tiers: readonly [Tier, ...Tier[]], { width, height }: Size): Tier {
  return tiers.find(({ pixels }) => width * height <= pixels) ?? tiers.at(-1) ?? tiers[0]
}

/** The tier that an argument names; the most expensive one for an unknown name. */
function tierNamed(tiers: readonly [Tier, ...Tier[]], name: unknown): Tier {
  if (name === undefined) return tiers[0]
  return tiers.find((tier) => tier.name === name) ?? tiers.at(-1) ?? tiers[0]
}

/** Returns the units of `megapixel`: the number of million pixels begun, and 1 up to `BASE_PIXELS`. */
export function megapixelsOf({ width, height }: Size): number {
  const pixels = width * height
  return pixels <= BASE_PIXELS ? 1 : Math.ceil(pixels / 1_000_000)
}

function relativeCost(bill: Bill, { size, inputs = [], input }: Measures): number {
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

/** The last rate whose conditions hold. The first rate has no conditions. */
function rateOf(rates: readonly [Rate, ...Rate[]], input: Input): number {
  const holds = ({ when = {} }: Rate): boolean =>
    Object.entries(when).every(([field, value]) => input[field] === value)
  return (rates.findLast(holds) ?? rates[0]).micro
}

type Measured = { field: string; base: number }

/** Reads whole seconds from 5, "5" or "5s"; the base if the argument is missing. */
function secondsOf(input: Input, { field, base }: Measured): number {
  if (input[field] === undefined) return base
  const seconds = readSeconds(input[field])
  return seconds > 0 ? seconds : refuse(field, 'whole seconds, such as 5 or "5s"')
}

/** Reads whole seconds from 5, "5" or "5s". Returns 0 for any other value. */
export function readSeconds(value: unknown): number {
  const text = typeof value === 'number' ? `${value}` : value
  return typeof text === 'string' ? Number(/^(\d{1,4})s?$/.exec(text)?.[1] ?? 0) : 0
}

/** Counts characters as code points. */
function charactersOf(input: Input, { field, base }: Measured): number {
  const text = input[field]
  if (text === undefined) return base
  return typeof text === 'string' ? lengthOf(text) : refuse(field, 'a text')
}

/** Returns the length of a text in code points. */
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
