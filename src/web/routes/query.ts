import { AppError } from '../../errors.ts'
import { MODALITIES, OPERATIONS } from '../../pricing/catalog.ts'
import { truncate } from '../../text.ts'
import { readCursor } from '../../usage/cursor.ts'
import { dayRange } from '../../usage/days.ts'
import { daysOf, PERIODS } from '../../usage/periods.ts'
import { DIVISIONS, KINDS, PAGE_SIZES, type Question } from '../../usage/question.ts'
import { PERIOD_DEFAULT } from '../views/address.ts'

/** Longest value of a parameter, in characters. Longer ones are truncated. */
const VALUE_MAX = 200

/**
 * Reads the question from the query of the page's URL. Two dates take precedence over a period. Throws
 * `invalid_input` with the name of the parameter.
 */
export function readQuestion(query: URLSearchParams, nowMs: number): Question {
  const given = (name: string): string | undefined =>
    truncate(query.get(name)?.trim() ?? '', VALUE_MAX) || undefined
  const place = (name: string): number | undefined => {
    const cursor = given(name)
    return cursor === undefined ? undefined : readCursor(cursor)
  }
  const [from, to] = [given('from'), given('to')]
  const hasDates = from !== undefined || to !== undefined
  const period = hasDates ? undefined : (oneOf('range', PERIODS, given('range')) ?? PERIOD_DEFAULT)
  const days = daysOf(period ?? PERIOD_DEFAULT, nowMs)
  const key = given('key')
  const day = given('day')
  return {
    range: hasDates ? dayRange(from ?? days.from, to ?? days.to) : days,
    period,
    filter: {
      kind: oneOf('kind', KINDS, given('kind')),
      operation: oneOf('operation', OPERATIONS, given('operation')),
      modality: oneOf('modality', MODALITIES, given('modality')),
      model: given('model'),
      keyId: key === 'none' ? '' : key,
      sessionId: given('session'),
    },
    by: oneOf('by', DIVISIONS, given('by')) ?? DIVISIONS[0],
    size: Number(oneOf('size', PAGE_SIZES.map(String), given('size')) ?? PAGE_SIZES[0]),
    place: {
      before: place('before'),
      after: place('after'),
      day: day && dayRange(day, day).from,
    },
  }
}

function oneOf<T extends string>(
  name: string,
  allowed: readonly T[],
  value: string | undefined,
): T | undefined {
  const found = allowed.find((candidate) => candidate === value)
  if (value === undefined || found !== undefined) return found
  throw new AppError('invalid_input', `${name} must be one of ${allowed.join(', ')}.`, {
    hint: 'Choose one from the list.',
  })
}
