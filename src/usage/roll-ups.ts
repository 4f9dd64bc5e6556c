import { query, type RawSql, type TransactionBody } from '../db/db.ts'
import type { DayRange } from './days.ts'
import { wholeMonth } from './periods.ts'
import type { Division, Narrowing } from './question.ts'
import type { Sum } from './report.ts'

/** The sum of one part in one bar. Each is empty if the sums are not divided by it. */
export type Cell = Sum & { bar: string; part: string }

/** How sums are divided: into parts, and into bars of a day or a month. */
type Divided = { by?: Division | undefined; unit?: 'day' | 'month' | undefined }

/** The columns of the divisions. */
export const COLUMNS = {
  model: 'model',
  tool: 'operation',
  key: 'key_id',
  session: 'session_id',
} as const

/** Days of which a table has the sums, and the column that names them. */
type Span = {
  table: 'usage_day' | 'usage_session_day' | 'usage_month'
  column: 'day' | 'month'
  from: string
  to: string
}

/**
 * Adds up what was charged in credits in a range of days, without what was refunded. The time grows with days, models
 * and keys, and for sums by session with sessions.
 */
export function* chargedSums(
  accountId: string,
  range: DayRange,
  filter: Narrowing,
  divided: Divided = {},
): TransactionBody<Cell[]> {
  const bySession = divided.by === 'session' || filter.sessionId !== undefined
  const cells: Cell[] = []
  const spans = bySession
    ? [daysIn('usage_session_day', range)]
    : divided.unit === 'day'
      ? [daysIn('usage_day', range)]
      : spansOf(range)
  for (const span of spans) cells.push(...(yield* sumsIn(span, accountId, filter, divided)))
  return cells
}

/** Returns the conditions of a filter by column. */
export function columnsOf({ operation, modality, model, keyId, sessionId }: Narrowing) {
  const columns = { operation, modality, model, key_id: keyId, session_id: sessionId }
  return Object.entries(columns).flatMap(([column, value]) =>
    value === undefined ? [] : [[column, value] as const],
  )
}

/** Whole months are read from the sums by month, if there are at least two; the days before and after from those by day. */
function spansOf(range: DayRange): Span[] {
  const first = range.from.slice(0, 7)
  const last = range.to.slice(0, 7)
  const from = range.from === `${first}-01` ? first : monthAfter(first, 1)
  const to = range.to === wholeMonth(last).to ? last : monthAfter(last, -1)
  if (from >= to) return [daysIn('usage_day', range)]
  const before = { from: range.from, to: wholeMonth(monthAfter(from, -1)).to }
  const after = { from: `${monthAfter(to, 1)}-01`, to: range.to }
  return [
    ...[before, after]
      .filter((days) => days.from <= days.to)
      .map((days) => daysIn('usage_day', days)),
    { table: 'usage_month', column: 'month', from, to },
  ]
}

function daysIn(table: Span['table'], { from, to }: DayRange): Span {
  return { table, column: 'day', from, to }
}

function monthAfter(month: string, count: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + count)).toISOString().slice(0, 7)
}

function* sumsIn(
  { table, column, from, to }: Span,
  accountId: string,
  filter: Narrowing,
  { by, unit }: Divided,
): TransactionBody<Cell[]> {
  const rows = yield* query((db, sql, dialect) => {
    const bar = barOf(sql, column, unit)
    const part = by === undefined ? null : sql.ref(COLUMNS[by])
    const groups = [bar, part].filter((group) => group !== null)
    // Without statistics PostgreSQL would rather read the days of all sessions than the days of one.
    const isHidden = dialect.name === 'postgres' && filter.sessionId !== undefined
    const days = isHidden ? sql`substr(day, 1, 10)` : sql.ref(column)
    const conditions = [
      sql`account_id = ${accountId}`,
      sql`${days} >= ${from}`,
      sql`${days} <= ${to}`,
      sql`billing = 'credits'`,
      ...columnsOf(filter).map(([name, value]) => sql`${sql.ref(name)} = ${value}`),
    ]
    const read = sql<{ bar: string; part: string; count: string | null; cost: string | null }>`
      select ${bar ?? sql`''`} as bar, ${part ?? sql`''`} as part, sum(count) as count, sum(amount) as cost
      from ${sql.table(table)} where ${sql.join(conditions, sql` and `)}
      ${groups.length === 0 ? sql`` : sql`group by ${sql.join(groups)}`}`
    return { compile: () => read.compile(db) }
  })
  return rows.map(({ bar, part, count, cost }) => ({
    bar,
    part,
    count: Number(count ?? 0),
    cost: Number(cost ?? 0),
  }))
}

/** The day, or its month. A table of months has no days, and is read only for bars of months. */
function barOf(sql: RawSql, column: Span['column'], unit: Divided['unit']) {
  if (unit === undefined) return null
  return column === 'day' && unit === 'month' ? sql`substr(day, 1, 7)` : sql.ref(column)
}
