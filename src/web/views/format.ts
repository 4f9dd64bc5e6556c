import { display } from '../../money.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Formats a Unix time in milliseconds as `Jan 28, 2:21 PM`, in UTC. */
export function timeOf(atMs: number): string {
  const at = new Date(atMs)
  const hours = at.getUTCHours()
  const minutes = String(at.getUTCMinutes()).padStart(2, '0')
  return `${dateOf(at)}, ${hours % 12 || 12}:${minutes} ${hours < 12 ? 'AM' : 'PM'}`
}

/** Formats a day as `Jan 28`, in UTC. Accepts `YYYY-MM-DD` too. */
export function dateOf(day: Date | string): string {
  const at = new Date(day)
  return `${MONTHS[at.getUTCMonth()]} ${at.getUTCDate()}`
}

/** Formats a cost in micro-USD as a change of the credits, such as `-0.05`. */
export function creditsOf(cost: number): string {
  return cost === 0 ? '0.00' : `-${display(cost).slice(1)}`
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

/** Formats a Unix time in milliseconds to the second, in UTC: `2026-01-28 14:21:05`. */
export function secondOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')
}
