import { firstOrThrow, preparedQuery, type TransactionBody } from '../db/db.ts'
import { MODALITIES, OPERATIONS, type Modality, type Operation } from '../pricing/catalog.ts'
import { eachDay, type DayRange } from './days.ts'

/** The number of successful generations, and their cost in micro-dollars. */
export type Sum = { count: number; cost: number }

/** What an account spent in a range of days. Every breakdown adds up to the total. */
export type UsageReport = DayRange & {
  total: Sum
  byModality: (Sum & { modality: Modality })[]
  byModel: (Sum & { model: string })[]
  byOperation: (Sum & { operation: Operation })[]
  daily: DailySum[]
}

type Range = { account_id: string; from: string; to: string; key_id: string | null }

const selectDays = preparedQuery((db, p: Range, sql) =>
  db
    .selectFrom('usage_day')
    .select(['day', 'model', 'operation', 'modality', 'count', 'amount as cost'])
    .where('account_id', '=', p.account_id)
    .where('day', '>=', p.from)
    .where('day', '<=', p.to)
    .where('billing', '=', 'credits')
    .where(sql<boolean>`coalesce(${p.key_id}, key_id) = key_id`),
)

const sumAll = preparedQuery((db, p: Omit<Range, 'key_id'>) =>
  db
    .selectFrom('usage_day')
    .select(({ fn }) => fn.sum<number | null>('amount').as('cost'))
    .where('account_id', '=', p.account_id)
    .where('day', '>=', p.from)
    .where('day', '<=', p.to)
    .where('billing', '=', 'credits'),
)

/** Credits spent on one UTC day. */
export type DailySum = Sum & { date: string }

/** Returns the credits that an account spent in a range of days, in micro-dollars. */
export function* creditsUsed(accountId: string, range: DayRange): TransactionBody<number> {
  return firstOrThrow(yield* sumAll({ account_id: accountId, ...range })).cost ?? 0
}

/**
 * Reports the usage of an account from the daily roll-ups. The time grows with days, models and keys, not with
 * generations. Work on an own key is left out, because it costs no credits.
 */
export function* usageReport(
  accountId: string,
  range: DayRange,
  keyId?: string,
): TransactionBody<UsageReport> {
  const rows = yield* selectDays({ account_id: accountId, ...range, key_id: keyId ?? null })
  const days = Map.groupBy(rows, ({ day }) => day)
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
    daily: eachDay(range).map((date) => ({ date, ...sum(days.get(date) ?? []) })),
  }
}

/** Adds up counts and costs. */
export function sum(rows: readonly Sum[]): Sum {
  return {
    count: rows.reduce((total, { count }) => total + count, 0),
    cost: rows.reduce((total, { cost }) => total + cost, 0),
  }
}
