import { statement, type Unit } from '../db/db.ts'
import { MODALITIES, OPERATIONS, type Modality, type Operation } from '../pricing/catalog.ts'
import { eachDay, type DayRange } from './days.ts'

/** How many successful generations, and what they cost in micro-dollars. */
export type Sum = { count: number; cost: number }

/** What an account spent in a range of days. Every breakdown adds up to the total. */
export type UsageReport = DayRange & {
  total: Sum
  byModality: (Sum & { modality: Modality })[]
  byModel: (Sum & { model: string })[]
  byOperation: (Sum & { operation: Operation })[]
  daily: (Sum & { date: string })[]
}

const selectDays = statement((db, p: { account_id: string; from: string; to: string }) =>
  db
    .selectFrom('usage_day')
    .select(['day', 'model', 'operation', 'modality', 'key_id', 'count', 'amount'])
    .where('account_id', '=', p.account_id)
    .where('day', '>=', p.from)
    .where('day', '<=', p.to)
    .where('billing', '=', 'credits'),
)

/**
 * The usage of an account from the daily roll-ups: its cost grows with days and models, not with
 * generations. Work on an own key is left out: it costs no credits.
 */
export function* usageReport(
  accountId: string,
  range: DayRange,
  keyId?: string,
): Unit<UsageReport> {
  const all = yield* selectDays({ account_id: accountId, ...range })
  const rows = keyId === undefined ? all : all.filter((row) => row.key_id === keyId)
  const sum = (picked: typeof rows): Sum => ({
    count: picked.reduce((total, row) => total + row.count, 0),
    cost: picked.reduce((total, row) => total + row.amount, 0),
  })
  const models = Map.groupBy(rows, (row) => row.model)
  const days = Map.groupBy(rows, (row) => row.day)
  return {
    ...range,
    total: sum(rows),
    byModality: MODALITIES.map((modality) => ({
      modality,
      ...sum(rows.filter((row) => row.modality === modality)),
    })),
    byModel: [...models]
      .map(([model, picked]) => ({ model, ...sum(picked) }))
      .toSorted((a, b) => b.cost - a.cost || (a.model < b.model ? -1 : 1)),
    byOperation: OPERATIONS.map((operation) => ({
      operation,
      ...sum(rows.filter((row) => row.operation === operation)),
    })),
    daily: eachDay(range).map((date) => ({ date, ...sum(days.get(date) ?? []) })),
  }
}
