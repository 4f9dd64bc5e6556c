import { firstOrThrow, query, type Unit } from '../db/db.ts'
import type { DayRange } from './days.ts'

/** What a report on the operator's margin has a row for. */
export const MARGIN_KEYS = ['model', 'account', 'day'] as const
export type MarginKey = (typeof MARGIN_KEYS)[number]

/** Amounts are micro-dollars. */
export type MarginSum = {
  /** What was charged, less what was refunded. */
  sold: number
  /** What the image service billed for it and for what nobody pays, as far as that is known. */
  upstreamCost: number
  /** Generations that it billed and whose cost is not known: the margin is too high by what they cost. */
  unknownCount: number
  /** The part of its bill that nobody pays. */
  unpaid: { jobs: number; cost: number }
  margin: number
}

export type MarginReport = DayRange & {
  by: MarginKey
  /** Dearest first, or the latest day first. What neither sold nor cost anything is left out. */
  rows: (MarginSum & { name: string })[]
  total: MarginSum
  /** First day of which costs are on record; null where there is none. */
  costsSince: string | null
}

const COLUMNS = { model: 'model', account: 'account_id', day: 'day' } as const

/** What was sold in a range of days and what it cost, from the daily roll-ups of all accounts. Work on own keys is left out. */
export function* marginReport(range: DayRange, by: MarginKey): Unit<MarginReport> {
  const rows = new Map<string, MarginSum>()
  const rowOf = (name: string): MarginSum => {
    const row = rows.get(name) ?? { ...NOTHING, unpaid: { ...NOTHING.unpaid } }
    rows.set(name, row)
    return row
  }
  for (const { name, sold } of yield* soldBy(range, by)) rowOf(name).sold = Number(sold)
  for (const cost of yield* costsBy(range, by)) {
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
    ...range,
    by,
    rows: by === 'day' ? named.toReversed() : named,
    total: named.reduce(add, NOTHING),
    costsSince: yield* firstDay(),
  }
}

const NOTHING: MarginSum = {
  sold: 0,
  upstreamCost: 0,
  unknownCount: 0,
  unpaid: { jobs: 0, cost: 0 },
  margin: 0,
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

function* soldBy({ from, to }: DayRange, by: MarginKey) {
  const column = `usage_day.${COLUMNS[by]}` as const
  return yield* query((db) =>
    db
      .selectFrom('usage_day')
      .select((eb) => [eb.ref(column).as('name'), eb.fn.sum('amount').as('sold')])
      .where('day', '>=', from)
      .where('day', '<=', to)
      .where('billing', '=', 'credits')
      .groupBy(column),
  )
}

function* costsBy({ from, to }: DayRange, by: MarginKey) {
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
      .groupBy(column),
  )
}

function* firstDay(): Unit<string | null> {
  const days = yield* query((db) =>
    db.selectFrom('upstream_day').select(({ fn }) => fn.min<string | null>('day').as('day')),
  )
  return firstOrThrow(days).day
}
