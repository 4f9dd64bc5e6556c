import { blend, smoothstep, type Canvas, type Painter } from './canvas.ts'
import { darkestFirst, fromHex, mix, shift, triple, type Color } from '../core/color.ts'
import { createNoise1, createNoise2 } from '../core/random.ts'
import type { Plan } from './plan.ts'
import { createRamp, sampleRamp } from './ramp.ts'
import { paintStar, placeStars } from './stars.ts'

/** Curtains of light in a night sky. */
export function paintAurora(plan: Plan, canvas: Canvas): Painter {
  const { width, height, random } = canvas
  const sorted = darkestFirst(plan.palette)
  const dark = mix(fromHex('050b1c'), sorted[0] ?? fromHex('0b1a38'), 0.3)
  const lights = lightsOf(plan)
  const sky = createRamp([
    dark,
    shift(dark, { lighter: 0.05 }),
    shift(dark, { lighter: 0.12, chroma: 1.1 }),
  ])
  const curtains = Array.from({ length: 3 }, (_, index) => ({
    path: createNoise1(random),
    rays: createNoise1(random),
    glow: createNoise1(random),
    base: height * (0.5 - 0.1 * index + 0.06 * random()),
    reach: height * (0.34 + 0.12 * random()),
    start: random() * 90,
    color: triple(lights[index % lights.length] ?? fromHex('4fd69a')),
    crown: triple(lights[(index + 1) % lights.length] ?? fromHex('b58cf0')),
  }))
  const haze = createNoise2(random)
  const stars = placeStars(canvas)
  const tone = new Float32Array(3)

  return (y, row) => {
    for (let x = 0; x < width; x += 1) sampleRamp(sky, y / height, row, x * 3)
    for (const star of stars) paintStar(star, y, row, width)
    for (let x = 0; x < width; x += 1) {
      for (const { path, rays, glow, base, reach, start, color, crown } of curtains) {
        const u = (x / width) * 2.4 + start
        const foot = base + height * (0.13 * path(u) + 0.035 * path(u * 3.1 + 7))
        const up = (foot - y) / reach
        if (up < -0.12 || up > 1.25) continue
        // A sharp hem below, long rays above.
        const body = up < 0 ? smoothstep(-0.12, 0, up) : Math.exp(-up * 2.1)
        const ray = 0.62 + 0.38 * rays(u * 26 + path(u * 2) * 3)
        const light = body * ray * (0.55 + 0.6 * smoothstep(-0.5, 0.6, glow(u * 1.4)))
        tone.set(color)
        blend(tone, 0, crown, smoothstep(0.1, 0.85, up))
        const soft = 0.85 + 0.15 * haze((x / width) * 3, (y / height) * 3)
        blend(row, x * 3, tone, Math.min(0.92, light * soft))
      }
    }
  }
}

/** The colours of the prompt where it names several; else green, with violet above. */
function lightsOf({ isNamed, palette }: Plan): Color[] {
  if (!isNamed) return ['4fe0a0', '38c6c9', 'a77bf3'].map(fromHex)
  return palette.map((color) => shift(color, { lighter: Math.max(0, 0.72 - color.lightness) }))
}
