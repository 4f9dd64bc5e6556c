import { firstOrThrow, query, type TransactionBody } from '../db/db.ts'
import type { DayRange } from './days.ts'

/** What the rows of a margin report can be grouped by. */
export const MARGIN_KEYS = ['model', 'account', 'day'] as const
export type MarginKey = (typeof MARGIN_KEYS)[number]

/** Amounts are micro-dollars. */
export type MarginSum = {
  /** Charges minus refunds. */
  sold: number
  /** The known costs at the image service, including work that no customer pays for. */
  upstreamCost: number
  /** Billed generations with an unknown cost. The margin is too high by their cost. */
  unknownCount: number
  /** The part of the costs that no customer pays for. */
  unpaid: { jobs: number; cost: number }
  margin: number
}

export type MarginReport = DayRange & {
  by: MarginKey
  /** Highest sales first, or latest day first. Rows without sales and costs are left out. */
  rows: (MarginSum & { name: string })[]
  total: MarginSum
  /** First day with recorded costs; null if there is none. */
  costsSince: string | null
}

const COLUMNS = { model: 'model', account: 'account_id', day: 'day' } as const

/** What to report: a range of days, of one account or of all. */
export type MarginRequest = DayRange & { by: MarginKey; accountId?: string | undefined }

/** Reports sales and costs of a range of days, from the daily roll-ups. Work on own keys is left out. */
export function* marginReport(request: MarginRequest): TransactionBody<MarginReport> {
  const { from, to, by } = request
  const rows = new Map<string, MarginSum>()
  const rowOf = (name: string): MarginSum => {
    const row = rows.get(name) ?? { ...ZERO, unpaid: { ...ZERO.unpaid } }
    rows.set(name, row)
    return row
  }
  for (const { name, sold } of yield* soldBy(request)) rowOf(name).sold = Number(sold)
  for (const cost of yield* costsBy(request)) {
    const row = rowOf(cost.name)
    row.upstreamCost = Number(cost.cost)
    row.unknownCount = Number(cost.unknown_count)
    row.unpaid = { jobs: Number(cost.unpaid_jobs), cost: Number(cost.unpaid_cost) }
  }
  const named = [...rows]
    .map(([name, row]) => ({ ...row, name, margin: row.sold - row.upstreamCost }))
    .filter((row) => row.sold !== 0 || row.upstreamCost !== 0 || row.unknownCount !== 0)
    .toSorted((a, b) => (by === 'day' ? 0 : b.sold - a.sold) || (a.name < b.name ? -1 : 1))
  return {
    from,
    to,
    by,
    rows: by === 'day' ? named.toReversed() : named,
    total: addMargins(named),
    costsSince: yield* firstDay(),
  }
}

const ZERO: MarginSum = {
  sold: 0,
  upstreamCost: 0,
  unknownCount: 0,
  unpaid: { jobs: 0, cost: 0 },
  margin: 0,
}

/** Adds up sums of a margin report. */
export function addMargins(sums: readonly MarginSum[]): MarginSum {
  return sums.reduce(add, ZERO)
}

function add(a: MarginSum, b: MarginSum): MarginSum {
  return {
    sold: a.sold + b.sold,
    upstreamCost: a.upstreamCost + b.upstreamCost,
    unknownCount: a.unknownCount + b.unknownCount,
    unpaid: { jobs: a.unpaid.jobs + b.unpaid.jobs, cost: a.unpaid.cost + b.unpaid.cost },
    margin: a.margin + b.margin,
  }
}

function* soldBy({ from, to, by, accountId }: MarginRequest) {
  const column = `usage_day.${COLUMNS[by]}` as const
  return yield* query((db) =>
    db
      .selectFrom('usage_day')
      .select((eb) => [eb.ref(column).as('name'), eb.fn.sum('amount').as('sold')])
      .where('day', '>=', from)
      .where('day', '<=', to)
      .$if(accountId !== undefined, (of) => of.where('account_id', '=', accountId ?? ''))
      .where('billing', '=', 'credits')
      .groupBy(column),
  )
}

function* costsBy({ from, to, by, accountId }: MarginRequest) {
  const column = `upstream_day.${COLUMNS[by]}` as const
  return yield* query((db) =>
    db
      .selectFrom('upstream_day')
      .select((eb) => [
        eb.ref(column).as('name'),
        eb.fn.sum('cost').as('cost'),
        eb.fn.sum('unknown_count').as('unknown_count'),
        eb.fn.sum('unpaid_jobs').as('unpaid_jobs'),
        eb.fn.sum('unpaid_cost').as('unpaid_cost'),
      ])
      .where('day', '>=', from)
      .where('day', '<=', to)
      .$if(accountId !== undefined, (of) => of.where('account_id', '=', accountId ?? ''))
      .groupBy(column),
  )
}

function* firstDay(): TransactionBody<string | null> {
  const days = yield* query((db) =>
    db.selectFrom('upstream_day').select(({ fn }) => fn.min<string | null>('day').as('day')),
  )
  return firstOrThrow(days).day
}
