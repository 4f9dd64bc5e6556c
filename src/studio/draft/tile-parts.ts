import type { Canvas } from './canvas.ts'
import { darkestFirst, toHex } from '../core/color.ts'
import { pick, type Random } from '../core/random.ts'
import type { Plan } from './plan.ts'

/** Cells of a pattern; they fill the picture exactly. Sizes are pixels. */
export type Grid = { columns: number; rows: number; cellWidth: number; cellHeight: number }

/** What a pattern is drawn from. */
export type Scene = { plan: Plan; canvas: Canvas; grid: Grid }

/** A corner, in pixels. */
export type Point = { x: number; y: number }

/** The tones of a pattern, darkest first, the background among them, as hex. */
export function tonesOf({ palette, background }: Plan): string[] {
  return [...darkestFirst(palette), ...(background === null ? [] : [background])].map(toHex)
}

/** The tone behind a pattern, as hex. */
export function groundOf({ palette, background, isDark }: Plan): string {
  const sorted = darkestFirst(palette)
  const ground = background ?? (isDark ? sorted[0] : sorted.at(-1)) ?? { lightness: 1, a: 0, b: 0 }
  return toHex(ground)
}

/** A random tone that is none of those taken, where there is one. */
export function pickOther(
  random: Random,
  tones: readonly string[],
  taken: readonly (string | undefined)[],
): string {
  const free = tones.filter((tone) => !taken.includes(tone))
  return pick(random, free.length === 0 ? tones : free)
}

/** Markup of a filled outline; `more` is further attributes. */
export function polygon(points: readonly Point[], fill: string, more = ''): string {
  return `<polygon points="${points.map(({ x, y }) => `${x.toFixed(2)},${y.toFixed(2)}`).join(' ')}" fill="${fill}" ${more}/>`
}

/** Markup that fills the whole picture. */
export function rectangle(fill: string): string {
  return `<rect width="100%" height="100%" fill="${fill}"/>`
}
