import { AppError } from '../../errors.ts'
import { MODALITIES, OPERATIONS } from '../../pricing/catalog.ts'
import { truncate } from '../../text.ts'
import { readCursor, writeCursor } from '../../usage/cursor.ts'
import { dayRange, lastDays, type DayRange } from '../../usage/days.ts'
import { ACTIVITY_DAYS, CHART_DAYS, type PageQuery, type UsagePage } from '../../usage/page.ts'
import type { Visit } from '../views/usage-page.ts'

/** Longest value of a parameter, in characters. Longer ones are truncated. */
const VALUE_MAX = 100

/** Reads the filter from the query of the page's URL. Throws `invalid_input` with the name of the parameter. */
export function readQuery(query: URLSearchParams, nowMs: number): PageQuery {
  const given = (name: string): string | undefined =>
    truncate(query.get(name) ?? '', VALUE_MAX) || undefined
  const defaults = lastDays(ACTIVITY_DAYS, nowMs)
  const key = given('key')
  const place = (name: string): number | undefined => {
    const cursor = given(name)
    return cursor === undefined ? undefined : readCursor(cursor)
  }
  return {
    range: dayRange(given('from') ?? defaults.from, given('to') ?? defaults.to),
    filter: {
      operation: oneOf('operation', OPERATIONS, given('operation')),
      modality: oneOf('modality', MODALITIES, given('modality')),
      keyId: key === 'none' ? '' : key,
      sessionId: given('session'),
    },
    place: { before: place('before'), after: place('after') },
  }
}

/** Returns the URLs that the page links to, with the same filter. */
export function linksFrom({ activity, range, filter }: UsagePage, nowMs: number): Visit['links'] {
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
  throw new AppError('invalid_input', `${name} must be one of ${allowed.join(', ')}.`, {
    hint: 'Choose one from the list.',
  })
}
