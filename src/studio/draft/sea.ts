import { blend, smoothstep, type Canvas, type Painter } from './canvas.ts'
import { darkestFirst, fromHex, mix, shift, triple } from '../core/color.ts'
import { createNoise1, createNoise2 } from '../core/random.ts'
import type { Plan } from './plan.ts'
import { createRamp, sampleRamp } from './ramp.ts'
import { skyTones } from './sky.ts'
import { paintStar, placeStars } from './stars.ts'
import { paintSun, placeSun } from './sun.ts'

/** How far down the horizon lies, 0 to 1. */
const HORIZON = 0.56

/** The open sea under its sky, with the path of light below a sun. */
export function paintSea(plan: Plan, canvas: Canvas): Painter {
  const { width, height, random } = canvas
  const tones = skyTones(plan)
  const light = tones.at(-1) ?? fromHex('f6efe0')
  const ramp = createRamp(tones)
  const deep = darkestFirst(plan.palette)[0] ?? fromHex('0b2b45')
  const sea = createRamp([
    mix(light, deep, 0.42),
    mix(deep, tones[0] ?? deep, 0.35),
    shift(deep, { lighter: -0.03 }),
  ])
  const sun = placeSun(canvas, { light, high: plan.hasSun ? HORIZON - 0.1 : HORIZON - 0.22 })
  const hasSun = plan.hasSun || plan.isWished
  const stars = plan.isDark || plan.hasStars ? placeStars(canvas) : []
  const [streaks, ripples, path] = [
    createNoise2(random),
    createNoise2(random),
    createNoise1(random),
  ]
  const cloud = triple(
    mix(shift(light, { lighter: 0.02 }), tones[Math.floor(tones.length / 2)] ?? light, 0.4),
  )
  const glint = triple(shift(light, { lighter: 0.05 }))
  const trough = triple(shift(deep, { lighter: -0.06 }))
  const line = Math.round(height * HORIZON)

  function paintAbove(y: number, row: Float32Array): void {
    for (let x = 0; x < width; x += 1) {
      sampleRamp(ramp, y / line, row, x * 3)
      if (hasSun) paintSun(sun, x, y, row)
      const v = y / line
      const veil =
        streaks((x / width) * 3.2 + 5, v * 11) + 0.5 * streaks((x / width) * 8, v * 24 + 9)
      blend(
        row,
        x * 3,
        cloud,
        (plan.hasClouds ? 0.75 : 0.4) * smoothstep(0.25, 1.1, veil) * smoothstep(0, 0.25, v),
      )
    }
    for (const star of stars) paintStar(star, y, row, width)
  }

  function paintBelow(y: number, row: Float32Array): void {
    const depth = (y - line) / (height - line)
    // Waves grow towards the shore; far ones are flat lines.
    const scale = 1 / (0.035 + depth * 0.5)
    for (let x = 0; x < width; x += 1) {
      sampleRamp(sea, depth ** 0.7, row, x * 3)
      const wave = ripples((x / height) * scale * 0.9 + 3, (1 / (0.06 + depth)) * 3.1)
      const small = ripples((x / height) * scale * 2.3 + 31, (1 / (0.06 + depth)) * 7.7)
      const crest = 0.62 * wave + 0.38 * small
      blend(row, x * 3, trough, 0.28 * smoothstep(0, 0.9, -crest))
      blend(row, x * 3, glint, 0.16 * smoothstep(0.15, 0.9, crest))
      if (!hasSun) continue
      const spread = width * (0.022 + 0.13 * depth) * (1 + 0.35 * path(y / 9))
      const near = Math.exp(-(((x - sun.x) / spread) ** 2))
      blend(
        row,
        x * 3,
        glint,
        near * (0.22 + 0.75 * smoothstep(-0.15, 0.55, crest)) * (1 - 0.35 * depth),
      )
    }
  }

  return (y, row) => (y < line ? paintAbove(y, row) : paintBelow(y, row))
}
