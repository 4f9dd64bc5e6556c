import { display } from '../../money.ts'

/** How amounts, times and counts read on the page. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A time as `Jan 28, 2:21 PM`, in UTC. */
export function timeOf(atMs: number): string {
  const at = new Date(atMs)
  const hours = at.getUTCHours()
  const minutes = String(at.getUTCMinutes()).padStart(2, '0')
  return `${dayName(at)}, ${hours % 12 || 12}:${minutes} ${hours < 12 ? 'AM' : 'PM'}`
}

/** A UTC day, `YYYY-MM-DD`, as `Jan 28`. */
export function dateOf(day: string): string {
  return dayName(new Date(`${day}T00:00Z`))
}

function dayName(at: Date): string {
  return `${MONTHS[at.getUTCMonth()]} ${at.getUTCDate()}`
}

/** What a charge takes from the credits: `-0.05`. */
export function creditsOf(cost: number): string {
  return cost === 0 ? '0.00' : `-${display(cost).slice(1)}`
}

/** Spaces of a digit's width that put the decimal points of a column below each other. */
export function padding(credits: string): string {
  const decimals = credits.length - credits.indexOf('.') - 1
  return '\u2007'.repeat(Math.max(0, 3 - decimals))
}

/** A model without the name of the house that all share. */
export function modelName(model: string): string {
  return model.replace(/^fal-ai\//, '')
}

/** `1 image`, `2 images`. */
export function counted(count: number, one: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : `${one}s`}`
}
