import Delaunator from 'delaunator'
import type { Canvas, Field } from './canvas.ts'
import { darkestFirst, fromHex, mix, shift, toHex, type Color } from '../core/color.ts'
import { meshField } from './mesh.ts'
import { createNoise1, type Random } from '../core/random.ts'
import type { Plan } from './plan.ts'
import { skyTones } from './sky.ts'
import { polygon, type Point } from './tile-parts.ts'

type Tone = (center: Point) => Color

/** A picture of flat triangles, as SVG markup: a soft blend of colours, or mountains under a sky. */
export function lowPolySvg(plan: Plan, canvas: Canvas): string {
  if (plan.hasRidges) return mountains(plan, canvas)
  const field = meshField(plan, canvas)(0)
  return facets(scattered(canvas, 15), fieldTone(field, canvas), canvas.random, 0.1)
}

function mountains(plan: Plan, canvas: Canvas): string {
  const { width, height, random } = canvas
  const tones = skyTones(plan)
  const sorted = darkestFirst(plan.palette)
  const dark = sorted[0] ?? fromHex('1d2a44')
  const light = tones.at(-1) ?? fromHex('f6efe0')
  const sun = { x: width * (0.25 + random() * 0.5), y: height * 0.3 }
  const skyTone: Tone = ({ x, y }) => {
    const tone = alongTones(tones, y / (height * 0.72))
    const glow = Math.exp(-((Math.hypot(x - sun.x, y - sun.y) / (height * 0.32)) ** 2))
    return mix(tone, shift(light, { lighter: 0.06 }), 0.55 * glow)
  }
  const radius = Math.min(width, height) * 0.085
  const corners = Array.from({ length: 14 }, (_, index) => {
    const angle = (index / 14) * Math.PI * 2
    return { x: sun.x + Math.cos(angle) * radius, y: sun.y + Math.sin(angle) * radius }
  })
  let parts = facets(scattered(canvas, 9), skyTone, random, 0.025)
  if (plan.hasSun) parts += polygon(corners, toHex(shift(light, { lighter: 0.1, chroma: 0.7 })))
  for (const [index, near] of [0, 0.5, 1].entries()) {
    const body = mix(
      mix(sorted[Math.floor(sorted.length / 2)] ?? dark, light, 0.3),
      shift(dark, { lighter: -0.02 }),
      near ** 0.8,
    )
    parts += range(canvas, { near, body, light, sunX: sun.x, isSnowy: index < 2 })
  }
  return parts
}

type Range = { near: number; body: Color; light: Color; sunX: number; isSnowy: boolean }

/** One range of mountains: a ridge with its corners as points, and triangles below it. */
function range(
  { width, height, random }: Canvas,
  { near, body, light, sunX, isSnowy }: Range,
): string {
  const base = height * (0.56 + 0.27 * near)
  const size = height * (0.3 - 0.1 * near)
  const noise = createNoise1(random)
  const start = random() * 50
  const step = height * 0.075
  const ridge = Array.from({ length: Math.ceil(width / step) + 5 }, (_, index) => {
    const x = (index - 2) * step + (random() - 0.5) * step * 0.5
    const fold = 1 - Math.abs(noise((x / height) * 2.4 + start)) * 1.9
    return { x, y: base - size * fold - size * 0.22 * (random() - 0.5) }
  })
  const top = (x: number) => {
    const at = Math.max(
      1,
      ridge.findIndex((point) => point.x > x),
    )
    const [one, two] = [ridge[at - 1] ?? { x, y: base }, ridge[at] ?? { x, y: base }]
    return one.y + ((two.y - one.y) * (x - one.x)) / Math.max(1, two.x - one.x)
  }
  const inside: Point[] = []
  for (let y = 0; y < height * 1.1; y += step * 0.95)
    for (let x = -2 * step; x < width + 2 * step; x += step) {
      const point = { x: x + (random() - 0.5) * step * 0.8, y: y + (random() - 0.5) * step * 0.8 }
      if (point.y > top(point.x) + step * 0.45) inside.push(point)
    }
  const snow = shift(light, { lighter: 0.08, chroma: 0.35 })
  const tone: Tone = ({ x, y }) => {
    const crest = top(x)
    const slope = (top(x + step * 0.9) - top(x - step * 0.9)) / (step * 1.8)
    const facing = Math.max(-1, Math.min(1, slope * (sunX > x ? -1 : 1) * 1.3))
    const deep = Math.min(1, (y - crest) / (size * 1.5))
    const isCap =
      isSnowy && y - crest < size * 0.17 && crest < base - size * (near === 0 ? 0.5 : 0.82)
    const ground = isCap ? snow : body
    return mix(
      shift(ground, { lighter: 0.085 * facing * (1 - deep * 0.6) }),
      light,
      (1 - near) * 0.3 * deep,
    )
  }
  return facets([...ridge, ...inside], tone, random, 0.045, ({ x, y }) => y > top(x))
}

/** Triangles between points, each in one tone that is shaken a little. */
function facets(
  points: readonly Point[],
  tone: Tone,
  random: Random,
  shake: number,
  isKept: (center: Point) => boolean = () => true,
): string {
  const { triangles } = Delaunator.from(
    [...points],
    ({ x }) => x,
    ({ y }) => y,
  )
  let parts = ''
  for (let at = 0; at < triangles.length; at += 3) {
    const corners = [0, 1, 2].map((corner) => points[triangles[at + corner] ?? 0] ?? { x: 0, y: 0 })
    const center = {
      x: corners.reduce((sum, { x }) => sum + x, 0) / 3,
      y: corners.reduce((sum, { y }) => sum + y, 0) / 3,
    }
    const lighter = (random() - 0.5) * shake
    if (!isKept(center)) continue
    const fill = toHex(shift(tone(center), { lighter }))
    parts += polygon(corners, fill, `stroke="${fill}" stroke-width="0.8"`)
  }
  return parts
}

/** Points of a shaken grid that reaches over the edges; `count` cells along the shorter side. */
function scattered({ width, height, random }: Canvas, count: number): Point[] {
  const cell = Math.max(12, Math.min(width, height) / count)
  const points: Point[] = []
  for (let row = -1; row <= height / cell + 1; row += 1)
    for (let column = -1; column <= width / cell + 1; column += 1)
      points.push({
        x: (column + 0.5 + (random() - 0.5) * 0.85) * cell,
        y: (row + 0.5 + (random() - 0.5) * 0.85) * cell,
      })
  return points
}

function fieldTone(field: Field, { width, height }: Canvas): Tone {
  const sample = new Float32Array(3)
  return ({ x, y }) => {
    field(x / width, y / height, sample, 0)
    const [lightness = 0, a = 0, b = 0] = sample
    return { lightness, a, b }
  }
}

function alongTones(tones: readonly Color[], at: number): Color {
  const place = Math.min(0.999, Math.max(0, at)) * (tones.length - 1)
  const from = tones[Math.floor(place)] ?? fromHex('8fb4e0')
  return mix(from, tones[Math.floor(place) + 1] ?? from, place % 1)
}
