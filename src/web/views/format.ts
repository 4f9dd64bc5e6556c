import { display, displayBalance } from '../../money.ts'
import { html, type Html } from './html.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const CENT = 10_000

/**
 * Formats a Unix time in milliseconds as `Jan 28, 2:21 PM`, in UTC, with the year if it is not that of `nowMs`.
 */
export function timeOf(atMs: number, nowMs = Date.now()): string {
  const at = new Date(atMs)
  const hours = at.getUTCHours()
  const minutes = String(at.getUTCMinutes()).padStart(2, '0')
  return `${dateOf(at, nowMs)}, ${hours % 12 || 12}:${minutes} ${hours < 12 ? 'AM' : 'PM'}`
}

/** Formats a day as `Jan 28`, in UTC, with the year if it is not that of `nowMs`. Accepts `YYYY-MM-DD` too. */
export function dateOf(day: Date | string, nowMs = Date.now()): string {
  const at = new Date(day)
  const year = at.getUTCFullYear()
  const isOther = year !== new Date(nowMs).getUTCFullYear()
  return `${MONTHS[at.getUTCMonth()]} ${at.getUTCDate()}${isOther ? `, ${year}` : ''}`
}

/** Formats a month, `2026-01`, as `Jan 2026`. */
export function monthName(month: string): string {
  return `${MONTHS[Number(month.slice(5, 7)) - 1]} ${month.slice(0, 4)}`
}

/** Formats a range of days for a person: one day, a whole month, or the first and the last day. */
export function rangeOfDays({ from, to }: { from: string; to: string }): string {
  return from === to ? dateOf(from) : `${dateOf(from)} – ${dateOf(to)}`
}

/** Formats micro-USD exactly for a person, with thousands separators: `$1,234.504`. */
export function exactly(amount: number): string {
  return display(amount).replace(/\d+/, (whole) => Number(whole).toLocaleString('en-US'))
}

/** Formats micro-USD with two decimals. A balance is rounded down. What is not zero is not shown as zero. */
export function roughly(amount: number, kind: 'cost' | 'balance' = 'cost'): string {
  if (amount > 0 && amount < CENT / 2) return `<${displayBalance(CENT)}`
  const cents = kind === 'cost' ? Math.round(amount / CENT) * CENT : amount
  return displayBalance(cents).replace(/\d+/, (whole) => Number(whole).toLocaleString('en-US'))
}

/** Renders micro-USD with two decimals, with the exact value in a tip and for programs. */
export function rounded(amount: number, kind: 'cost' | 'balance' = 'cost'): Html {
  const exact = exactly(amount)
  const shown = roughly(amount, kind)
  return html`<data
    value="${display(amount).replace('$', '')}"
    ${exact !== shown && html`title="${exact}"`}
    >${shown}</data
  >`
}

/** Returns the exact value of a rounded amount in words; empty if it was shown exactly. */
export function exactNote(amount: number, kind: 'cost' | 'balance' = 'cost'): string {
  const exact = exactly(amount)
  return exact === roughly(amount, kind) ? '' : `Exactly ${exact}`
}

/** Formats a cost in micro-USD as a change of the credits: `-0.05` for what was spent, `+10.00` for what came in. */
export function creditsOf(cost: number): string {
  if (cost === 0) return '0.00'
  return `${cost > 0 ? '-' : '+'}${exactly(Math.abs(cost)).slice(1)}`
}

/** Returns spaces as wide as a digit, which align the decimal points of a column. */
export function padding(credits: string): string {
  const decimals = credits.length - credits.indexOf('.') - 1
  return '\u2007'.repeat(Math.max(0, 3 - decimals))
}

/** Returns a model's id without the prefix `fal-ai/`. */
export function modelName(model: string): string {
  return model.replace(/^fal-ai\//, '')
}

/** Formats a count with its noun: `1 image`, `2 images`. */
export function counted(count: number, one: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : `${one}s`}`
}

/** Formats a length of a drawing: `12.50%`. */
export function percent(value: number): string {
  return `${value.toFixed(2)}%`
}

/** Formats a Unix time in milliseconds to the second, in UTC: `2026-01-28 14:21:05`. */
export function secondOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')
}

/** Formats a time that has passed, in milliseconds, in its largest unit: `40 s`, `12 min`, `5 h`. */
export function ageOf(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 120) return `${seconds} s`
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`
}
