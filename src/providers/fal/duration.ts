import { AppError } from '../../errors.ts'
import type { DurationRule, EndpointFacts } from './models.ts'
import type { Part } from './parts.ts'

/**
 * The length of a film, in the form the endpoint takes, and said outright where the caller gives none:
 * an endpoint's own default can be longer than the list price covers. Throws `invalid_input`.
 */
export function durationPart(
  input: Record<string, unknown>,
  { duration: rule }: EndpointFacts,
  model: string,
): Part {
  if (rule === undefined) return {}
  const asked = input['duration']
  const seconds = asked === undefined ? rule.unasked : secondsOf(asked)
  if (!rule.offered.includes(seconds)) throw notOffered(rule, asked, model)
  coverShots(input, rule, seconds)
  return {
    input: { duration: written(rule, seconds) },
    ...(asked === undefined && {
      adjusted: `input.duration was left out and sent as ${seconds} seconds, which the list price covers.`,
    }),
  }
}

/** Whole seconds of 5, "5" or "5s", as prices are read; 0 for anything else. */
function secondsOf(value: unknown): number {
  const text = typeof value === 'number' ? `${value}` : value
  return typeof text === 'string' ? Number(/^(\d{1,4})s?$/.exec(text)?.[1] ?? 0) : 0
}

function written({ form }: DurationRule, seconds: number): string | number {
  if (form === 'integer') return seconds
  return form === '6s' ? `${seconds}s` : `${seconds}`
}

/** The price rests on `duration`, so shots may not last longer in all. A shot lasts 5 s if it does not say. */
function coverShots(input: Record<string, unknown>, { shots }: DurationRule, seconds: number) {
  const list: unknown = shots === undefined ? undefined : input[shots]
  if (!Array.isArray(list)) return
  const lengths = list.map((shot: { duration?: unknown } | null) => secondsOf(shot?.duration ?? 5))
  const total = lengths.reduce((sum, length) => sum + length, 0)
  if (total <= seconds && lengths.every((length) => length > 0)) return
  throw new AppError(
    'invalid_input',
    `The shots of input.${shots} last ${total} seconds and input.duration covers ${seconds}.`,
    { hint: 'Give every shot whole seconds, and input.duration their sum: the price rests on it.' },
  )
}

function notOffered({ offered, unasked }: DurationRule, asked: unknown, model: string): AppError {
  const names = `${offered.slice(0, -1).join(', ')} or ${offered.at(-1)}`
  const given = secondsOf(asked) > 0 ? `, not ${secondsOf(asked)}` : ''
  return new AppError('invalid_input', `"${model}" makes ${names} seconds${given}.`, {
    hint: `Give input.duration one of these, or leave it out for ${unasked}.`,
  })
}
