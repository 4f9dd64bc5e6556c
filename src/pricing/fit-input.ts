import { AppError } from '../errors.ts'
import { measuresOf, type Input } from './bill.ts'
import type { Model } from './catalog.ts'
import { fitField } from './fit-field.ts'
import type { FoundModel } from './find-model.ts'
import { RUN_FIELDS, type Field, type Fields } from './run-fields.ts'
import { coverShots } from './seconds.ts'
import { SIDE_MAX } from './sizes.ts'
import { truncate } from '../text.ts'

/** An input that the price covers, with one sentence for each changed value and one for each removed field. */
export type FittedInput = { input: Input; adjusted: string[]; dropped: string[] }

/** Fields that ask for several outputs of one call. Only `num_images` is counted and priced. */
const MULTIPLIERS =
  /^(max_images|batch_size|num_outputs|n|num_samples|num_videos|num_generations|num_results)$/

/**
 * Limits the input of a `run` to what its price covers. A listed model takes only its own fields; values above what
 * the price covers are lowered. The fields of other models are not known: those that multiply the outputs are
 * removed, and sides are limited. Throws `invalid_input`, naming the field.
 */
export function fitInput(input: Input, { model, parent }: FoundModel): FittedInput {
  const fields = RUN_FIELDS.get(model.endpoint ?? '')
  if (fields !== undefined) return fitListed(input, fields, model.id)
  const limited = limitUnlisted(input)
  return parent === undefined ? limited : fitChild(limited, parent, model.id)
}

function fitListed(input: Input, fields: Fields, model: string): FittedInput {
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null))
  assertKnown(given, fields, model)
  return fitFields(given, Object.entries(fields), model)
}

/** A model below a listed one may have other fields. Those that decide its price have the same bounds. */
function fitChild(limited: FittedInput, parent: Model, model: string): FittedInput {
  const measured = new Set(measuresOf(parent.bill))
  const rules = Object.entries(RUN_FIELDS.get(parent.endpoint ?? '') ?? {}).filter(
    ([name, { kind }]) => {
      const isGiven = limited.input[name] !== undefined
      if (kind === 'seconds') return !isGiven // any given length is priced; a missing one is set, or the endpoint would choose it
      return isGiven && (measured.has(name) || kind === 'number' || kind === 'size')
    },
  )
  const { input, adjusted } = fitFields(limited.input, rules, model)
  return { input, adjusted: [...limited.adjusted, ...adjusted], dropped: limited.dropped }
}

function fitFields(input: Input, fields: [string, Field][], model: string): FittedInput {
  const adjusted: string[] = []
  const fitted: Input = { ...input }
  for (const [name, field] of fields) {
    const { value, note } = fitField(input[name], field, { name, model })
    if (value !== undefined) fitted[name] = value
    if (note !== undefined) adjusted.push(note)
    if (field.kind === 'seconds') coverShots(input, field, value)
  }
  return { input: fitted, adjusted, dropped: [] }
}

function assertKnown(input: Input, fields: Fields, model: string): void {
  const unknown = Object.keys(input).find((name) => !Object.hasOwn(fields, name))
  if (unknown === undefined) return
  throw new AppError(
    'invalid_input',
    `"${model}" has no input.${truncate(unknown, 60)}. It takes ${Object.keys(fields).join(', ')}.`,
    { hint: 'Correct the name or leave the field out; nothing was charged.' },
  )
}

/** Throws `invalid_input` where the input lacks a required field of a listed model. */
export function assertComplete(input: Input, { model: { id, endpoint } }: FoundModel): void {
  const missing = Object.entries(RUN_FIELDS.get(endpoint ?? '') ?? {})
    .filter(([name, { required }]) => required !== undefined && isBlank(input[name]))
    .filter(([, { required }]) => required === true || isBlank(input[required ?? '']))
    .map(([name]) => `input.${name}`)
  if (missing.length === 0) return
  throw new AppError('invalid_input', `"${id}" needs ${missing.join(' and ')}.`, {
    hint: 'Add what is missing and call again; quoteOnly names all that the model takes.',
  })
}

function isBlank(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && value.trim() === '')
}

function limitUnlisted(input: Input): FittedInput {
  const adjusted: string[] = []
  const dropped: string[] = []
  const kept = Object.entries(input).flatMap(([name, value]): [string, unknown][] => {
    if (!MULTIPLIERS.test(name)) return [[name, limitSides(value, name, adjusted)]]
    dropped.push(
      `input.${name} was not sent: the price covers one output; num_images says how many.`,
    )
    return []
  })
  return { input: Object.fromEntries(kept), adjusted, dropped }
}

/** Limits `width` and `height`, as fields or within an object such as `image_size`. */
function limitSides(value: unknown, name: string, adjusted: string[]): unknown {
  if (/^(width|height)$/.test(name) && Number(value) > SIDE_MAX) {
    adjusted.push(`input.${name} was lowered to ${SIDE_MAX} pixels.`)
    return SIDE_MAX
  }
  if (!/(^|_)size$/.test(name) || typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([side, length]) => [side, limitSides(length, side, adjusted)]),
  )
}
