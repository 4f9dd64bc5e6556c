import { AppError } from '../errors.ts'
import { DAY_MS, dayOf, monthOf } from '../ledger/rules.ts'

/** Longest range of days a report covers. */
export const DAYS_MAX = 366

/** How a day is written. Not every text of this form is a day that exists. */
export const DAY_FORMAT = /^\d{4}-\d{2}-\d{2}$/

/** UTC calendar days, both inclusive, as `YYYY-MM-DD`. */
export type DayRange = { from: string; to: string }

/** Today and the days before it, `days` in all. */
export function lastDays(days: number, nowMs: number): DayRange {
  return { from: dayOf(nowMs - (days - 1) * DAY_MS), to: dayOf(nowMs) }
}

/** The UTC month so far. */
export function thisMonth(nowMs: number): DayRange {
  const to = dayOf(nowMs)
  return { from: `${monthOf(to)}-01`, to }
}

/** Every day of a range, oldest first. */
export function eachDay({ from, to }: DayRange): string[] {
  const first = Date.parse(from)
  const count = (Date.parse(to) - first) / DAY_MS + 1
  return Array.from({ length: count }, (_, index) => dayOf(first + index * DAY_MS))
}

/** The first instant of a UTC day as a caller wrote it; null where there is no such day. */
export function startOf(day: string): number | null {
  const atMs = DAY_FORMAT.test(day) ? Date.parse(day) : Number.NaN
  // The parser takes 30 February for 2 March: only a day that reads back as it was written exists.
  return !Number.isNaN(atMs) && dayOf(atMs) === day ? atMs : null
}

/** Checks two days as a caller wrote them. Throws `invalid_input` for no real day, a backward or too long range. */
export function dayRange(from: string, to: string): DayRange {
  for (const [name, day] of Object.entries({ from, to })) {
    if (startOf(day) === null) throw badRange(`${name} is not a calendar day such as 2026-02-28.`)
  }
  if (from > to) throw badRange('from is after to.')
  if ((Date.parse(to) - Date.parse(from)) / DAY_MS >= DAYS_MAX)
    throw badRange(`from and to span more than ${DAYS_MAX} days.`)
  return { from, to }
}

/** The day so many days before another; what is no day stays as it is, for `dayRange` to refuse. */
export function daysBefore(day: string, days: number): string {
  const atMs = Date.parse(day)
  return Number.isNaN(atMs) ? day : dayOf(atMs - days * DAY_MS)
}

/** The start of the UTC month after the one of this instant, in ISO 8601. */
export function nextMonth(nowMs: number): string {
  const now = new Date(nowMs)
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1)).toISOString()
}

/** The start of the next UTC day, in ISO 8601. */
export function nextDay(nowMs: number): string {
  return new Date(Date.parse(dayOf(nowMs)) + DAY_MS).toISOString()
}

function badRange(message: string): AppError {
  return new AppError('invalid_input', message, {
    hint: 'Give from and to as YYYY-MM-DD, both inclusive, or days for the days up to today.',
  })
}
