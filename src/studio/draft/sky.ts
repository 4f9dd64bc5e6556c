import { blend, smoothstep, type Canvas, type Painter } from './canvas.ts'
import { darkestFirst, fromHex, mix, shift, triple, type Color } from '../core/color.ts'
import { createNoise2, type Random } from '../core/random.ts'
import type { Plan } from './plan.ts'
import { createRamp, sampleRamp } from './ramp.ts'
import { paintStar, placeStars } from './stars.ts'
import { paintSun, placeSun } from './sun.ts'

/** A sky from its top to the horizon, with clouds by day, and stars and a galaxy by night. */
export function paintSky(plan: Plan, canvas: Canvas): Painter {
  return plan.hasStars || (plan.isDark && !plan.hasClouds)
    ? nightSky(plan, canvas)
    : daySky(plan, canvas)
}

/** Sky tones from top to horizon. */
export function skyTones({ palette, sky, isWished }: Plan): Color[] {
  if (sky !== null) {
    const white = fromHex('ffffff')
    return [shift(sky, { lighter: -0.03 }), sky, mix(sky, white, 0.35), mix(sky, white, 0.7)]
  }
  if (!isWished) return ['2f74c8', '5a9de0', '9cc9ef', 'dcecf7'].map(fromHex)
  const sorted = darkestFirst(palette)
  const light = sorted.at(-1) ?? fromHex('f4efe4')
  return sorted.length > 3 ? [...sorted.slice(1, -1), light] : [...sorted, light]
}

function daySky(plan: Plan, canvas: Canvas): Painter {
  const { width, height, random } = canvas
  const tones = skyTones(plan)
  const ramp = createRamp(tones)
  const light = tones.at(-1) ?? fromHex('ffffff')
  const top = tones[0] ?? light
  const sun = plan.hasSun ? placeSun(canvas, { light, high: 0.3 }) : null
  const thickness = createClouds(random)
  const bright = mix(light, fromHex('ffffff'), plan.isWished && plan.sky === null ? 0.4 : 0.95)
  const white = triple(bright)
  const shade = triple(mix(mix(top, bright, 0.7), fromHex('b9b4c8'), 0.35))
  const tone = new Float32Array(3)

  return (y, row) => {
    const down = y / height
    const v = 2.1 * down + 0.9 * down * down
    for (let x = 0; x < width; x += 1) {
      sampleRamp(ramp, down * 0.94, row, x * 3)
      if (sun !== null) paintSun(sun, x, y, row)
      const u = ((x - width / 2) / height) * (1.25 + 0.6 * down)
      const here = thickness(u, v)
      if (here <= 0) continue
      // Lit from above and a little from the side.
      const lit = Math.min(1, Math.max(0, 0.5 + 1.5 * (here - thickness(u - 0.05, v - 0.08))))
      tone.set(shade)
      blend(tone, 0, white, lit * lit * (3 - 2 * lit))
      blend(row, x * 3, tone, smoothstep(0, 0.28, here))
    }
  }
}

/** How thick clouds are at a place, 0 and less where there are none. */
function createClouds(random: Random): (u: number, v: number) => number {
  const [bend, ...noises] = Array.from({ length: 6 }, () => createNoise2(random))
  return (u, v) => {
    const bent = 0.16 * (bend?.(u * 1.7, v * 1.7) ?? 0)
    let sum = 0
    for (const [octave, noise] of noises.entries())
      sum +=
        noise((u + bent) * 1.5 * 2 ** octave + octave * 7, (v + bent) * 2.1 * 2 ** octave) *
        0.53 ** octave
    return sum - 0.12
  }
}

function nightSky(plan: Plan, canvas: Canvas): Painter {
  const { width, height, random } = canvas
  const sorted = darkestFirst(plan.palette)
  const dark = mix(fromHex('04060f'), sorted[0] ?? fromHex('0b1030'), 0.6)
  const middle = sorted[Math.floor(sorted.length / 2)] ?? dark
  const ramp = createRamp([
    dark,
    mix(dark, middle, 0.12),
    mix(shift(dark, { lighter: 0.06 }), middle, 0.4),
  ])
  const glow = triple(shift(middle, { lighter: 0.08, chroma: 1.1 }))
  const core = triple(mix(sorted.at(-1) ?? middle, fromHex('fff3e6'), 0.4))
  const dust = triple(shift(dark, { lighter: -0.04 }))
  const noises = [createNoise2(random), createNoise2(random), createNoise2(random)] as const
  const slope = (random() - 0.5) * 1.1
  const stars = [0, 1, 2, 3, 4, 5].flatMap(() =>
    placeStars(canvas).map((star) => ({
      ...star,
      y: random() * height,
      glow: star.glow * (0.5 + random() * 0.5),
    })),
  )
  const moon = plan.hasSun ? placeSun(canvas, { light: fromHex('f4f1e6'), high: 0.28 }) : null

  return (y, row) => {
    for (let x = 0; x < width; x += 1) {
      sampleRamp(ramp, y / height, row, x * 3)
      const [u, v] = [x / width, y / height]
      const away = v - 0.45 - slope * (u - 0.5) - 0.08 * noises[0](u * 3, v * 3)
      const band = Math.exp(-((away / 0.2) ** 2))
      const grain = 0.6 + 0.4 * noises[1](u * 7, v * 7)
      blend(row, x * 3, glow, 0.82 * band * grain)
      blend(row, x * 3, core, 0.5 * band ** 4 * grain)
      const lane =
        Math.exp(-(((away + 0.02) / 0.05) ** 2)) * smoothstep(-0.1, 0.8, noises[2](u * 11, v * 11))
      blend(row, x * 3, dust, 0.4 * lane)
      if (moon !== null) paintSun(moon, x, y, row)
    }
    for (const star of stars) paintStar(star, y, row, width)
  }
}
