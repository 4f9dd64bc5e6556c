import { AppError } from '../../errors.ts'
import type { RequestOf } from '../provider.ts'
import { cleanInput } from './clean-input.ts'
import { durationPart } from './duration.ts'
import type { EndpointFacts } from './models.ts'
import { forcedPart, type Part } from './parts.ts'

/**
 * The caller's own input, as it is but for what is never sent, what the price rests on, and what an
 * answer in files needs. Throws `invalid_input` for a missing field, a text or length the endpoint
 * does not take, and a link that is neither https: nor data:.
 */
export function mapRun(
  { model, input, count }: RequestOf<'run'>,
  facts: EndpointFacts,
  isKnown: boolean,
): Part[] {
  const own = cleanInput(input)
  if (!isKnown) return [own]
  requireFields(own.input, facts, model)
  limitText(own.input, facts, model)
  return [
    countPart(own, facts, count),
    durationPart(own.input, facts, model),
    forcedPart(facts),
    ...overruled(own.input, facts),
  ]
}

function requireFields(
  input: Record<string, unknown>,
  { required = [] }: EndpointFacts,
  model: string,
): void {
  const missing = required.filter((field) => (input[field] ?? '') === '')
  if (missing.length === 0) return
  const names = missing.map((field) => `input.${field}`).join(' and ')
  throw new AppError('invalid_input', `"${model}" needs ${names}.`, {
    hint: 'Add what is missing and call again; nothing was charged.',
  })
}

function limitText(
  { text }: Record<string, unknown>,
  { textMax = Infinity }: EndpointFacts,
  model: string,
): void {
  if (textMax === Infinity) return
  if (typeof text === 'string' && text.length <= textMax) return
  const what = typeof text === 'string' ? `has ${text.length} characters` : 'is not a text'
  throw new AppError(
    'invalid_input',
    `input.text ${what}; "${model}" takes up to ${textMax} characters.`,
    { hint: 'Shorten the text, or make several calls with a piece each.' },
  )
}

/** The input, without num_images where each job makes one output: `mapRequest` then sends `count` jobs. */
function countPart(own: Part, facts: EndpointFacts, count: number): Part {
  const { num_images: asked, ...rest } = own.input ?? {}
  if (facts.count !== undefined || asked === undefined) return own
  if (count === 1) return { ...own, input: rest }
  const note = `input.num_images was sent as ${count} jobs: this model makes one output a job.`
  return { ...own, input: rest, adjusted: note }
}

function overruled(input: Record<string, unknown>, { forced = {} }: EndpointFacts): Part[] {
  return Object.entries(forced)
    .filter(([field, value]) => field in input && input[field] !== value)
    .map(([field, value]) => ({ adjusted: `input.${field} was sent as "${value}".` }))
}
