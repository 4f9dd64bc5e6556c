import type { ExpressionBuilder } from 'kysely'
import { query, type RawSql, type Tables, type TransactionBody } from '../db/db.ts'
import { DAY_MS, dayOf } from '../ledger/rules.ts'
import { eachDay, type DayRange } from './days.ts'
import { TYPE_CONDITIONS } from './entries.ts'
import { entryNumbers } from './entry-numbers.ts'
import { countDays, wholeMonth } from './periods.ts'
import type { Narrowing, Question } from './question.ts'
import { sum, type Sum } from './report.ts'
import { chargedSums, COLUMNS, columnsOf, type Cell } from './roll-ups.ts'
import { takesCredits } from './transactions.ts'

/** Longest range with a bar for each day. Longer ones have one for each month. */
const DAILY_MAX = 92
/** Parts that are shown by themselves. The others are one. */
const PARTS_MAX = 5

/** One bar of the chart: its days, and what each part cost in them, in the order of the parts. */
export type Bar = DayRange & Sum & { parts: number[] }

/** A part of the bars: the id of a model, tool, key or session; null for all others. */
export type Part = Sum & { id: string | null }

/** What a question adds up to, in micro-dollars. For top-ups and refunds `cost` is what came in. */
export type Spending = {
  /** Without what was refunded. */
  total: Sum
  /** Refunds of the charges of these days. */
  refunded: Sum
  unit: 'day' | 'month'
  bars: Bar[]
  /** The five largest and the rest, largest first. */
  parts: Part[]
}

/** Adds up what a question asks for. The time grows with days, models, keys and sessions, not with generations. */
export function* spending(accountId: string, question: Question): TransactionBody<Spending> {
  const { range, filter } = question
  const unit = countDays(range) > DAILY_MAX ? 'month' : 'day'
  const isIncome = filter.kind === 'refunds' || filter.kind === 'top-ups'
  const cells = isIncome
    ? yield* incomeCells(accountId, question, unit)
    : filter.kind === 'failed'
      ? []
      : yield* chargedSums(accountId, range, filter, { by: question.by, unit })
  const parts = partsOf(cells)
  const byBar = Map.groupBy(cells, ({ bar }) => bar)
  const keyOf = ({ from }: DayRange): string => (unit === 'day' ? from : from.slice(0, 7))
  return {
    total: sum(cells),
    refunded: isIncome ? NOTHING : yield* refundsOf(accountId, range, filter),
    unit,
    bars: barsOf(range, unit).map((days) => barOf(days, byBar.get(keyOf(days)) ?? [], parts)),
    parts,
  }
}

/** Returns what the charges of a range cost, without what was refunded. */
export function* chargesIn(
  accountId: string,
  range: DayRange,
  filter: Narrowing = {},
): TransactionBody<Sum> {
  return sum(yield* chargedSums(accountId, range, filter))
}

/** Returns all refunds of a session. */
export function* refundsOfSession(accountId: string, sessionId: string): TransactionBody<Sum> {
  const [row] = yield* query((db, sql) =>
    db
      .selectFrom('entry')
      .select(({ fn }) => [fn.countAll().as('count'), fn.sum('amount').as('cost')])
      .where('account_id', '=', accountId)
      .where('session_id', '=', sessionId)
      .where(sql<boolean>`${sql.raw(TYPE_CONDITIONS.refund)}`),
  )
  return { count: Number(row?.count ?? 0), cost: Number(row?.cost ?? 0) }
}

/** Returns the models that were charged in a range, the largest cost first. */
export function* modelsIn(
  accountId: string,
  range: DayRange,
): TransactionBody<(Part & { id: string })[]> {
  return rank(yield* chargedSums(accountId, range, {}, { by: 'model' }))
}

/** No work, no cost. */
export const NOTHING: Sum = { count: 0, cost: 0 }

/** Without an index: that of a session, say, would be taken to read all its charges, and there are few refunds. */
function fits(sql: RawSql, filter: Narrowing) {
  return (eb: ExpressionBuilder<Tables, 'entry'>) =>
    eb.and(
      columnsOf(filter).map(([name, value]) =>
        eb(sql<string>`coalesce(${sql.ref(name)}, '')`, '=', value),
      ),
    )
}

/** Refunds and top-ups are few beside the charges. They are added up from their entries, by the time they came in. */
function* incomeCells(
  accountId: string,
  { range, filter, by }: Question,
  unit: Spending['unit'],
): TransactionBody<Cell[]> {
  const [since, until] = [Date.parse(range.from), Date.parse(range.to) + DAY_MS]
  const { first, end } = yield* entryNumbers(accountId, { since, until })
  const kinds = TYPE_CONDITIONS[filter.kind === 'refunds' ? 'refund' : 'top_up']
  const rows = yield* query((db, sql) =>
    db
      .selectFrom('entry')
      .select(['at', 'kind', 'amount', sql.ref<string | null>(COLUMNS[by]).as('part')])
      .where('account_id', '=', accountId)
      .where('seq', '>=', first)
      .where('seq', '<', end)
      .where('at', '>=', since)
      .where('at', '<', until)
      .where(sql<boolean>`${sql.raw(kinds)}`)
      .where(fits(sql, filter)),
  )
  return rows.map(({ at, kind, amount, part }) => ({
    bar: dayOf(at).slice(0, unit === 'day' ? 10 : 7),
    part: part ?? '',
    count: 1,
    cost: takesCredits(kind) ? -amount : amount,
  }))
}

/** Returns the refunds of the charges of a range. */
export function* refundsOf(
  accountId: string,
  { from, to }: DayRange,
  filter: Narrowing,
): TransactionBody<Sum> {
  const [row] = yield* query((db, sql) =>
    db
      .selectFrom('entry')
      .select(({ fn }) => [fn.countAll().as('count'), fn.sum('amount').as('cost')])
      .where('account_id', '=', accountId)
      .where('day', '>=', from)
      .where('day', '<=', to)
      .where(sql<boolean>`${sql.raw(TYPE_CONDITIONS.refund)}`)
      .where(fits(sql, filter)),
  )
  return { count: Number(row?.count ?? 0), cost: Number(row?.cost ?? 0) }
}

/** The largest parts, and the rest as one. */
function partsOf(cells: readonly Cell[]): Part[] {
  const all = rank(cells)
  const rest = all.slice(PARTS_MAX)
  return rest.length < 2 ? all : [...all.slice(0, PARTS_MAX), { id: null, ...sum(rest) }]
}

function rank(cells: readonly Cell[]): (Part & { id: string })[] {
  return [...Map.groupBy(cells, ({ part }) => part)]
    .map(([id, each]) => ({ id, ...sum(each) }))
    .toSorted((a, b) => b.cost - a.cost || b.count - a.count || (a.id < b.id ? -1 : 1))
}

function barsOf(range: DayRange, unit: Spending['unit']): DayRange[] {
  if (unit === 'day') return eachDay(range).map((day) => ({ from: day, to: day }))
  const months = new Set(eachDay(range).map((day) => day.slice(0, 7)))
  return [...months].map((month) => {
    const { from, to } = wholeMonth(month)
    return { from: from < range.from ? range.from : from, to: to > range.to ? range.to : to }
  })
}

function barOf(days: DayRange, own: readonly Cell[], parts: readonly Part[]): Bar {
  const costs = parts.map(({ id }) => sum(own.filter(({ part }) => part === id)).cost)
  const { count, cost } = sum(own)
  const named = costs.reduce((total, each) => total + each, 0)
  return {
    ...days,
    count,
    cost,
    parts: costs.map((each, place) => (parts[place]?.id === null ? cost - named : each)),
  }
}
