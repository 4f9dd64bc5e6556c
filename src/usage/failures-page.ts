import type { TransactionBody } from '../db/db.ts'
import { DAY_MS, dayOf } from '../ledger/rules.ts'
import { modalityOfModel } from '../pricing/catalog.ts'
import type { DayRange } from './days.ts'
import { listFailures, type FailedCall, type FailurePlace } from './failures.ts'
import type { Narrowing, Question } from './question.ts'

/** The newest failures of a range are read up to this number, so that a page takes the same time in any ledger. */
const READ_MAX = 500
/** Failures on a page that is not about them. */
const SHOWN = 10

/** The refused and failed calls of the page. Calls of one row are counted one by one. */
export type Failures = {
  rows: FailedCall[]
  /** `before` for the older page; null if there is none. */
  older: number | null
  /** The number of calls, and whether it is all of them. */
  count: number
  isAll: boolean
  /** The number of calls by day. */
  byDay: Map<string, number>
}

/** Reads the refused and failed calls that a question asks for, newest first; null on a page of another kind. */
export function* failuresOf(
  accountId: string,
  { range, filter, place, size }: Question,
): TransactionBody<Failures | null> {
  if (filter.kind !== undefined && filter.kind !== 'failed') return null
  const isAsked = filter.kind === 'failed'
  const { rows: read, next } = yield* listFailures(accountId, {
    ...conditionsOf(range, filter),
    limit: READ_MAX,
  })
  const all = read.filter((call) => fits(call, filter))
  const before = (isAsked && beforeOf(place)) || Infinity
  const older = all.filter(({ at }) => at < before)
  const limit = isAsked ? size : SHOWN
  const lastAt = older[limit - 1]?.at
  const rows = older.filter(({ at }, index) => index < limit || at === lastAt)
  const byDay = new Map<string, number>()
  for (const { at, count } of all) byDay.set(dayOf(at), (byDay.get(dayOf(at)) ?? 0) + count)
  return {
    rows,
    older: rows.length < older.length ? (lastAt ?? null) : null,
    count: all.reduce((total, { count }) => total + count, 0),
    isAll: next === null,
    byDay,
  }
}

function beforeOf({ before, day }: Question['place']): number | undefined {
  return before ?? (day === undefined ? undefined : Date.parse(day) + DAY_MS)
}

/** Returns all refused and failed calls of a range that fit a filter, newest first. */
export function* allFailures(
  accountId: string,
  range: DayRange,
  filter: Narrowing,
): TransactionBody<FailedCall[]> {
  const conditions = conditionsOf(range, filter)
  const found: FailedCall[] = []
  let next: FailurePlace | null | undefined
  while (next !== null) {
    const page: { rows: FailedCall[]; next: FailurePlace | null } = yield* listFailures(accountId, {
      ...conditions,
      before: next,
      limit: READ_MAX,
    })
    found.push(...page.rows.filter((call) => fits(call, filter)))
    next = page.next
  }
  return found
}

function conditionsOf({ from, to }: DayRange, { operation, model, keyId, sessionId }: Narrowing) {
  const days = { since: Date.parse(from), until: Date.parse(to) + DAY_MS }
  return { ...days, operation, model, keyId, sessionId }
}

function fits({ model }: FailedCall, { modality }: Narrowing): boolean {
  return modality === undefined || modalityOfModel(model) === modality
}
