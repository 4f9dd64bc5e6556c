import { firstOrThrow, preparedQuery, type QueryBuilder, type TransactionBody } from '../db/db.ts'
import { MODALITIES, OPERATIONS, type Modality, type Operation } from '../pricing/catalog.ts'
import { memoizeFor } from '../once.ts'
import { eachDay, type DayRange } from './days.ts'

/** The number of successful generations, and their cost in micro-dollars. */
export type Sum = { count: number; cost: number }

/** What an account spent in a range of days. Every breakdown adds up to the total. */
export type UsageReport = Readonly<DayRange> & {
  readonly total: Readonly<Sum>
  readonly byModality: readonly (Sum & { modality: Modality })[]
  readonly byModel: readonly (Sum & { model: string })[]
  readonly byOperation: readonly (Sum & { operation: Operation })[]
}

type Range = { account_id: string; from: string; to: string }

function spent(db: QueryBuilder, p: Range) {
  return db
    .selectFrom('usage_day')
    .select(({ fn }) => [fn.sum<number>('count').as('count'), fn.sum<number>('amount').as('cost')])
    .where('account_id', '=', p.account_id)
    .where('day', '>=', p.from)
    .where('day', '<=', p.to)
    .where('billing', '=', 'credits')
}

const selectSums = preparedQuery((db, p: Range & { key_id: string | null }, sql) =>
  spent(db, p)
    .select(['model', 'operation', 'modality'])
    .where(sql<boolean>`coalesce(${p.key_id}, key_id) = key_id`)
    .groupBy(['model', 'operation', 'modality']),
)

const selectDays = preparedQuery((db, p: Range) => spent(db, p).select('day').groupBy('day'))

const sumMonth = preparedQuery((db, p: { account_id: string; month: string }) =>
  db
    .selectFrom('usage_month')
    .select(({ fn }) => fn.sum<number | null>('amount').as('cost'))
    .where('account_id', '=', p.account_id)
    .where('month', '=', p.month)
    .where('billing', '=', 'credits'),
)

/** Credits spent on one UTC day. */
export type DailySum = Sum & { date: string }

/** Returns the credits that an account spent in a UTC month (`YYYY-MM`), in micro-dollars. */
export function* creditsUsed(accountId: string, month: string): TransactionBody<number> {
  return firstOrThrow(yield* sumMonth({ account_id: accountId, month })).cost ?? 0
}

/** Returns what an account spent on each day of a range, oldest first; also days without work. */
export function* dailyUsage(
  accountId: string,
  range: DayRange,
): TransactionBody<readonly DailySum[]> {
  const rows = yield* selectDays({ account_id: accountId, ...range })
  return daysFor(rows, () => {
    const days = new Map(rows.map(({ day, ...sums }) => [day, sums]))
    return eachDay(range).map((date) => ({ date, ...(days.get(date) ?? { count: 0, cost: 0 }) }))
  })
}

const daysFor = memoizeFor<readonly DailySum[]>()

/**
 * Reports the usage of an account from the daily roll-ups. The time grows with days, models and keys, not with
 * generations. Work on an own key is left out, because it costs no credits. The report is the same object until something
 * is written to the ledger.
 */
export function* usageReport(
  accountId: string,
  range: DayRange,
  keyId?: string,
): TransactionBody<UsageReport> {
  const rows = yield* selectSums({ account_id: accountId, ...range, key_id: keyId ?? null })
  return reportFor(rows, () => reportOf(range, rows))
}

const reportFor = memoizeFor<UsageReport>()

type SumOfWork = Sum & { model: string; operation: Operation; modality: Modality }

function reportOf(range: DayRange, rows: readonly SumOfWork[]): UsageReport {
  return {
    ...range,
    total: sum(rows),
    byModality: MODALITIES.map((modality) => ({
      modality,
      ...sum(rows.filter((row) => row.modality === modality)),
    })),
    byModel: [...Map.groupBy(rows, ({ model }) => model)]
      .map(([model, each]) => ({ model, ...sum(each) }))
      .toSorted((a, b) => b.cost - a.cost || (a.model < b.model ? -1 : 1)),
    byOperation: OPERATIONS.map((operation) => ({
      operation,
      ...sum(rows.filter((row) => row.operation === operation)),
    })),
  }
}

/** Adds up counts and costs. */
export function sum(rows: readonly Sum[]): Sum {
  return {
    count: rows.reduce((total, { count }) => total + count, 0),
    cost: rows.reduce((total, { cost }) => total + cost, 0),
  }
}
