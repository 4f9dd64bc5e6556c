import type { Reports } from '../../db/replica.ts'
import { eachDay, lastDays, type DayRange } from '../days.ts'
import { addMargins, marginReport, type MarginSum } from '../margin.ts'
import { OF_THE_PAST, OF_TODAY, type Keep } from './keep.ts'

/** Days of the report, today included. */
export const MARGIN_DAYS = 30

/** Days that may still change with every call: today, and work that began the day before. */
const DAYS_OPEN = 2

type Named = MarginSum & { name: string }

/** Sales and costs of all accounts in the last days, as in a margin report. */
export type HouseMargin = DayRange & {
  /** Latest day first, with days without sales and costs. */
  days: Named[]
  /** Highest sales first. */
  models: Named[]
  total: MarginSum
}

/**
 * Reads sales and costs of all accounts by model and by day. The daily sums grow with the accounts, so each day is a
 * reading of its own, which lets other requests through, and days that are over are kept longer.
 */
export async function houseMargin(
  { reports, keep }: { reports: Pick<Reports, 'read'>; keep: Keep },
  nowMs: number,
): Promise<HouseMargin> {
  const range = lastDays(MARGIN_DAYS, nowMs)
  const read: { day: string; rows: Named[]; total: MarginSum }[] = []
  for (const day of eachDay(range)) {
    const isOpen = day >= lastDays(DAYS_OPEN, nowMs).from
    const { rows, total } = await keep(`margin ${day}`, isOpen ? OF_TODAY : OF_THE_PAST, () =>
      reports.read(() => marginReport({ from: day, to: day, by: 'model' })),
    )
    read.push({ day, rows, total })
  }
  const byModel = Map.groupBy(
    read.flatMap(({ rows }) => rows),
    ({ name }) => name,
  )
  return {
    ...range,
    days: read.map(({ day, total }) => ({ ...total, name: day })).toReversed(),
    models: [...byModel]
      .map(([name, sums]) => ({ ...addMargins(sums), name }))
      .toSorted((a, b) => b.sold - a.sold || (a.name < b.name ? -1 : 1)),
    total: addMargins(read.map(({ total }) => total)),
  }
}
