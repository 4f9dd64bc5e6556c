import { smoothstep, paintField, type Canvas, type Painter } from './canvas.ts'
import { darkestFirst, mix, shift, type Color } from '../core/color.ts'
import { createNoise2, pick } from '../core/random.ts'
import type { Plan } from './plan.ts'
import { paintStar, placeStars } from './stars.ts'

type Disc = { x: number; y: number; radius: number; edge: number; strength: number; color: Color }

/** Discs of light out of focus before a soft backdrop, with stars where the prompt has them. */
export function paintBokeh(plan: Plan, canvas: Canvas): Painter {
  const { width } = canvas
  const backdrop = paintBackdrop(plan, canvas)
  const discs = placeDiscs(plan, canvas)
  const stars = plan.hasStars
    ? [...placeStars(canvas), ...placeStars(canvas)].map(spread(canvas))
    : []
  return (y, row) => {
    backdrop(y, row)
    for (const star of stars) paintStar(star, y, row, width)
    for (const disc of discs) paintDisc(disc, y, row, width)
  }
}

function paintBackdrop({ palette, background, isNamed }: Plan, canvas: Canvas): Painter {
  const sorted = darkestFirst(palette)
  const darkest = sorted[0] ?? { lightness: 0.2, a: 0, b: 0 }
  const deep = shift(darkest, { lighter: Math.min(-0.05, 0.26 - darkest.lightness), chroma: 0.7 })
  const dark = background ?? deep
  const second = isNamed ? darkest : (sorted[1] ?? darkest)
  const glow = background === null ? mix(dark, second, 0.75) : shift(background, { lighter: 0.05 })
  const noise = createNoise2(canvas.random)
  return paintField(canvas, (u, v, out, offset) => {
    const share = smoothstep(-0.9, 1.1, noise(u * 2, v * 2) + 0.5 * noise(u * 3.7 + 9, v * 3.7))
    const tone = mix(dark, glow, share)
    const vignette = 0.05 * ((u - 0.5) ** 2 + (v - 0.5) ** 2) * 2
    out[offset] = tone.lightness - vignette
    out[offset + 1] = tone.a
    out[offset + 2] = tone.b
  })
}

function placeDiscs({ palette, isNamed }: Plan, { width, height, random }: Canvas): Disc[] {
  const sorted = darkestFirst(palette)
  const lights =
    sorted.length > 2
      ? sorted.slice(isNamed ? 1 : 2).map((color) => shift(color, { lighter: 0.05, chroma: 1.25 }))
      : sorted
  const size = Math.sqrt(width * height)
  // Lights gather along a slanted band, as street lamps or a galaxy do.
  const slope = (random() - 0.5) * 0.7
  return Array.from({ length: 64 }, (_, index) => {
    const x = random() * 1.1 - 0.05
    const spreadY = (random() + random() + random() - 1.5) * 0.62
    const isSmall = index % 2 === 0
    const radius = size * (isSmall ? 0.008 + random() * 0.018 : 0.03 + random() ** 1.6 * 0.075)
    return {
      x: x * width,
      y: (0.5 + slope * (x - 0.5) + spreadY) * height,
      radius,
      edge: isSmall ? radius * 0.25 : radius * (0.06 + random() * 0.3),
      strength: isSmall ? 0.5 + random() * 0.45 : 0.16 + random() * 0.42,
      color: pick(random, lights),
    }
  })
}

/** Adds the light of a disc: brighter towards its rim, as a lens renders it. */
function paintDisc(
  { x, y, radius, edge, strength, color }: Disc,
  atY: number,
  row: Float32Array,
  width: number,
): void {
  const dy = atY + 0.5 - y
  const reach = radius + edge
  if (Math.abs(dy) > reach) return
  const half = Math.sqrt(reach * reach - dy * dy)
  const to = Math.min(width - 1, Math.ceil(x + half))
  for (let atX = Math.max(0, Math.floor(x - half)); atX <= to; atX += 1) {
    const distance = Math.hypot(atX + 0.5 - x, dy)
    const inside = 1 - smoothstep(radius - edge, radius + edge, distance)
    const rim = 0.72 + 0.28 * smoothstep(0.55, 1, distance / radius)
    const light = inside * rim * strength
    const at = atX * 3
    const under = row[at] ?? 0
    row[at] = under + (Math.max(color.lightness, under) - under) * light + 0.06 * light
    row[at + 1] = (row[at + 1] ?? 0) + (color.a - (row[at + 1] ?? 0)) * light
    row[at + 2] = (row[at + 2] ?? 0) + (color.b - (row[at + 2] ?? 0)) * light
  }
}

/** Stars over the whole picture, not only its upper part. */
function spread({ height, random }: Canvas) {
  return <T extends { y: number }>(star: T): T => ({ ...star, y: random() * height })
}
