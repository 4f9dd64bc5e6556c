import { AppError } from '../../../errors.ts'
import { MODALITIES, OPERATIONS } from '../../../pricing/catalog.ts'
import { truncate } from '../../../text.ts'
import { dayRange, lastDays, type DayRange } from '../../../usage/days.ts'
import { ACTIVITY_DAYS, CHART_DAYS, type PageQuery, type UsagePage } from '../../../usage/page.ts'
import type { Frame } from '../../page/usage-page.ts'
import { readCursor, writeCursor } from '../cursor.ts'

/** Longest value that is read, in characters. */
const VALUE_MAX = 100

/** What the address of the page asks for. Throws `invalid_input`, naming the part. */
export function readQuery(query: URLSearchParams, nowMs: number): PageQuery {
  const given = (name: string): string | undefined =>
    truncate(query.get(name) ?? '', VALUE_MAX) || undefined
  const usual = lastDays(ACTIVITY_DAYS, nowMs)
  const key = given('key')
  const place = (name: string): number | undefined => {
    const cursor = given(name)
    return cursor === undefined ? undefined : readCursor(cursor)
  }
  return {
    range: dayRange(given('from') ?? usual.from, given('to') ?? usual.to),
    filter: {
      operation: oneOf('operation', OPERATIONS, given('operation')),
      modality: oneOf('modality', MODALITIES, given('modality')),
      keyId: key === 'none' ? '' : key,
      sessionId: given('session'),
    },
    place: { before: place('before'), after: place('after') },
  }
}

/** The addresses that a page links to: the same filter elsewhere. */
export function linksFrom({ activity, range, filter }: UsagePage, nowMs: number): Frame['links'] {
  const at = (days: DayRange, place: Record<string, string> = {}): string => {
    const { operation = '', modality = '', keyId, sessionId = '' } = filter
    const key = keyId === '' ? 'none' : (keyId ?? '')
    const all = { ...days, operation, modality, key, session: sessionId, ...place }
    const given = Object.entries(all).filter(([, value]) => value !== '')
    return new URLSearchParams(given).toString()
  }
  const rows = (parameters: string): string => `/?${parameters}#activity`
  const cursor = (name: string, seq: number | null): string | null =>
    seq === null ? null : rows(at(range, { [name]: writeCursor(seq) }))
  return {
    older: cursor('before', activity.older),
    newer: cursor('after', activity.newer),
    newest: rows(at(range)),
    month: rows(at(lastDays(CHART_DAYS, nowMs))),
    csv: `/page/activity.csv?${at(range)}`,
  }
}

function oneOf<T extends string>(
  name: string,
  allowed: readonly T[],
  value: string | undefined,
): T | undefined {
  const found = allowed.find((candidate) => candidate === value)
  if (value === undefined || found !== undefined) return found
  throw new AppError('invalid_input', `${name} is none of ${allowed.join(', ')}.`, {
    hint: 'Choose one from the list.',
  })
}
