import { blend, type Canvas, type Painter } from './canvas.ts'
import { darkestFirst, mix, shift, triple } from '../core/color.ts'
import { createNoise2 } from '../core/random.ts'
import type { Plan } from './plan.ts'

/** Heights between two lines; every fifth line is stronger. */
const LEVELS = 11

/** The lines of equal height of a landscape from above, on tinted steps. */
export function paintContours(plan: Plan, { width, height, random }: Canvas): Painter {
  const sorted = darkestFirst(plan.palette)
  const fallback = { lightness: 0.9, a: 0, b: 0 }
  const ground = plan.background ?? (plan.isDark ? sorted[0] : sorted.at(-1)) ?? fallback
  const ink = (ground.lightness > 0.55 ? sorted[0] : sorted.at(-1)) ?? fallback
  const line = triple(plan.isNamed ? ink : mix(ink, ground, 0.25))
  const noises = [createNoise2(random), createNoise2(random), createNoise2(random)] as const
  const unit = Math.min(width, height) / 2.6
  const heightAt = (x: number, y: number) =>
    noises[0](x / unit, y / unit) +
    0.5 * noises[1]((x / unit) * 1.9, (y / unit) * 1.9) +
    0.13 * noises[2]((x / unit) * 4.3, (y / unit) * 4.3)
  const thickness = Math.max(1, unit / 260)
  let below = new Float32Array(width + 1)
  let next = -1

  const rowOf = (y: number) =>
    Float32Array.from({ length: width + 1 }, (_, x) => (heightAt(x, y) * LEVELS) / 2)
  return (y, row) => {
    const here = next === y ? below : rowOf(y)
    below = rowOf(y + 1)
    next = y + 1
    for (let x = 0; x < width; x += 1) {
      const level = here[x] ?? 0
      const step = Math.floor(level)
      const tint = triple(
        shift(ground, {
          lighter: (ground.lightness > 0.55 ? -0.006 : 0.008) * (step + LEVELS / 2),
        }),
      )
      row.set(tint, x * 3)
      const slope = Math.hypot((here[x + 1] ?? 0) - level, (below[x] ?? 0) - level)
      const nearest = Math.round(level)
      const distance = Math.abs(level - nearest) / Math.max(1e-4, slope)
      const isStrong = nearest % 5 === 0
      const reach = isStrong ? thickness * 1.1 : thickness * 0.6
      blend(
        row,
        x * 3,
        line,
        (isStrong ? 0.85 : 0.5) * Math.min(1, Math.max(0, reach - distance + 0.5)),
      )
    }
  }
}
