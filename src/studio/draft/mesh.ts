import { blend, smoothstep, paintField, type Canvas, type Field, type Painter } from './canvas.ts'
import { mix, shift, triple, type Color } from '../core/color.ts'
import { createNoise2, type Random } from '../core/random.ts'
import type { Plan } from './plan.ts'
import { createRamp, sampleRamp } from './ramp.ts'

const TURN = Math.PI * 2

/** Where patches sit, before each is moved a little: five large ones, then four small. */
const SPOTS = [
  [0.15, 0.2],
  [0.85, 0.15],
  [0.5, 0.5],
  [0.12, 0.85],
  [0.88, 0.82],
  [0.5, 0.05],
  [0.5, 0.95],
  [0.05, 0.5],
  [0.95, 0.5],
] as const

type Blob = {
  x: number
  y: number
  long: number
  wide: number
  angle: number
  start: number
  color: number[]
}

/** Large soft patches of the palette that run into each other. */
export function paintMesh(plan: Plan, canvas: Canvas): Painter {
  return paintField(canvas, meshField(plan, canvas)(0))
}

/** The mesh at a moment of its loop, 0 to 1; 1 looks as 0 does. */
export function meshField(
  plan: Plan,
  { width, height, random }: Canvas,
): (moment: number) => Field {
  const tones = tonePath(plan)
  const ramp = createRamp(tones)
  const slant = random() * TURN
  const [across, down] = [Math.cos(slant), Math.sin(slant)]
  const reach = Math.abs(across) + Math.abs(down)
  const along = (u: number, v: number) => 0.5 + ((u - 0.5) * across + (v - 0.5) * down) / reach
  const blobs = placeBlobs(random, (u, v) => toneAt(tones, along(u, v) + (random() - 0.5) * 0.55))
  const bend = createNoise2(random)
  const stretch = Math.min(1.8, Math.max(0.55, width / height))
  return (moment) => (u, v, out, offset) => {
    const sway = 0.05 * Math.sin(TURN * moment)
    const x = u + 0.15 * bend(u * 1.5 * stretch + sway, v * 1.5 + 7)
    const y = v + 0.15 * bend(u * 1.5 * stretch + 17, v * 1.5 - sway)
    sampleRamp(ramp, along(x, y), out, offset)
    for (const blob of blobs) {
      const dx = x - blob.x - 0.06 * Math.sin(TURN * (moment + blob.start))
      const dy = y - blob.y - 0.06 * Math.cos(TURN * (moment + blob.start))
      const long = (dx * Math.cos(blob.angle) + dy * Math.sin(blob.angle)) / blob.long
      const wide = (dy * Math.cos(blob.angle) - dx * Math.sin(blob.angle)) / blob.wide
      blend(out, offset, blob.color, smoothstep(0, 1, 1 - Math.hypot(long, wide)) * 0.9)
    }
    out[offset] = (out[offset] ?? 0) + 0.018 * bend(x * 2.3 + 31, y * 2.3)
  }
}

/** Neighbours on this path lie side by side in the picture, so that no blend turns to mud. */
function tonePath({ palette, background, isDark, isNamed }: Plan): Color[] {
  const path = background === null ? palette : [background, ...palette]
  const first = path[0]
  if (isNamed || !isDark || first === undefined) return path
  // A dark mood keeps about half of the picture in the dark.
  return [first, ...path]
}

function toneAt(tones: readonly Color[], at: number): Color {
  const place = Math.min(0.9999, Math.max(0, at)) * (tones.length - 1)
  const from = tones[Math.floor(place)] ?? { lightness: 0.5, a: 0, b: 0 }
  return mix(from, tones[Math.floor(place) + 1] ?? from, smoothstep(0.25, 0.75, place % 1))
}

function placeBlobs(random: Random, tone: (u: number, v: number) => Color): Blob[] {
  return SPOTS.map(([spotX, spotY], index) => {
    const x = spotX + (random() - 0.5) * 0.3
    const y = spotY + (random() - 0.5) * 0.3
    const isLarge = index < 5
    return {
      x,
      y,
      long: (isLarge ? 0.6 : 0.4) + random() * 0.25,
      wide: (isLarge ? 0.4 : 0.26) + random() * 0.15,
      angle: random() * Math.PI,
      start: random(),
      color: triple(shift(tone(x, y), { lighter: (random() - 0.4) * 0.06, chroma: 1.08 })),
    }
  })
}
