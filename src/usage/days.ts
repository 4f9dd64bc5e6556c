import { AppError } from '../errors.ts'
import { DAY_MS, dayOf, monthOf } from '../ledger/rules.ts'

/** Longest range of a report, in days. */
export const DAYS_MAX = 366

/** Days of an overview that is asked for without any. */
export const LAST_DAYS_DEFAULT = 7

/** The format of a day. A text in this format may still be no existing day. */
export const DAY_FORMAT = /^\d{4}-\d{2}-\d{2}$/

/** UTC calendar days, both inclusive, as `YYYY-MM-DD`. */
export type DayRange = { from: string; to: string }

/** Returns the last `days` days, including today. */
export function lastDays(days: number, nowMs: number): DayRange {
  return { from: dayOf(nowMs - (days - 1) * DAY_MS), to: dayOf(nowMs) }
}

/** Returns the days of the current UTC month up to today. */
export function thisMonth(nowMs: number): DayRange {
  const to = dayOf(nowMs)
  return { from: `${monthOf(to)}-01`, to }
}

/** Returns every day of a range, oldest first. */
export function eachDay({ from, to }: DayRange): string[] {
  const first = Date.parse(from)
  const count = (Date.parse(to) - first) / DAY_MS + 1
  return Array.from({ length: count }, (_, index) => dayOf(first + index * DAY_MS))
}

/** Returns the start of a UTC day, in milliseconds since 1970; null if the day does not exist. */
export function startOf(day: string): number | null {
  const atMs = DAY_FORMAT.test(day) ? Date.parse(day) : Number.NaN
  // Date.parse reads 30 February as 2 March: a day exists only if it formats back to the same text.
  return !Number.isNaN(atMs) && dayOf(atMs) === day ? atMs : null
}

/** Checks two days from a caller. Throws `invalid_input` for an invalid day and for a reversed or too long range. */
export function dayRange(from: string, to: string): DayRange {
  for (const [name, day] of Object.entries({ from, to })) {
    if (startOf(day) === null) throw badRange(`${name} is not a calendar day such as 2026-02-28.`)
  }
  if (from > to) throw badRange('from is after to.')
  if ((Date.parse(to) - Date.parse(from)) / DAY_MS >= DAYS_MAX)
    throw badRange(`from and to span more than ${DAYS_MAX} days.`)
  return { from, to }
}

/** Returns the day `days` days before another. An invalid day is returned unchanged, and `dayRange` refuses it. */
export function daysBefore(day: string, days: number): string {
  const atMs = Date.parse(day)
  return Number.isNaN(atMs) ? day : dayOf(atMs - days * DAY_MS)
}

/** Returns the start of the next UTC month, in ISO 8601. */
export function nextMonth(nowMs: number): string {
  const now = new Date(nowMs)
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1)).toISOString()
}

/** Returns the start of the next UTC day, in ISO 8601. */
export function nextDay(nowMs: number): string {
  return new Date(Date.parse(dayOf(nowMs)) + DAY_MS).toISOString()
}

function badRange(message: string): AppError {
  return new AppError('invalid_input', message, {
    hint: 'Give from and to as YYYY-MM-DD, both inclusive, or days for the days up to today.',
  })
}
