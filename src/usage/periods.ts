import { DAY_MS, dayOf, monthOf } from '../ledger/rules.ts'
import { lastDays, thisMonth, type DayRange } from './days.ts'

/** The ranges that the usage page offers, in their order. They move on with the days. */
export const PERIODS = ['today', '7d', '30d', '90d', 'month', 'last-month'] as const
export type Period = (typeof PERIODS)[number]

/** Returns the days of a period, up to today. */
export function daysOf(period: Period, nowMs: number): DayRange {
  switch (period) {
    case 'today':
      return lastDays(1, nowMs)
    case '7d':
      return lastDays(7, nowMs)
    case '30d':
      return lastDays(30, nowMs)
    case '90d':
      return lastDays(90, nowMs)
    case 'month':
      return thisMonth(nowMs)
    case 'last-month':
      return wholeMonth(monthOf(dayOf(Date.parse(thisMonth(nowMs).from) - DAY_MS)))
  }
}

/** Returns the days of a month, `2026-02`. */
export function wholeMonth(month: string): DayRange {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return { from: `${month}-01`, to: dayOf(Date.UTC(year, number, 0)) }
}

/**
 * Returns the days to compare with: for the first days of a month as many of the month before, at most all of them;
 * else as many days just before.
 */
export function daysBeforeRange({ from, to }: DayRange): DayRange {
  const dayBefore = dayOf(Date.parse(from) - DAY_MS)
  const count = countDays({ from, to })
  if (!from.endsWith('-01') || monthOf(from) !== monthOf(to))
    return { from: dayOf(Date.parse(from) - count * DAY_MS), to: dayBefore }
  const month = wholeMonth(monthOf(dayBefore))
  const isWhole = to === wholeMonth(monthOf(to)).to
  const last = dayOf(Date.parse(month.from) + (count - 1) * DAY_MS)
  return { from: month.from, to: isWhole || last > month.to ? month.to : last }
}

/** Returns the number of days in a range. */
export function countDays({ from, to }: DayRange): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1
}
