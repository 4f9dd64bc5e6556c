import { blend, ease, type Canvas, type Painter } from './canvas.ts'
import { darkestFirst, mix, shift, triple, type Color } from './color.ts'
import { createNoise1, type Random } from './noise.ts'
import type { Plan } from './plan.ts'
import { createRamp, sampleRamp } from './ramp.ts'
import { paintStar, placeStars } from './stars.ts'

type Layer = {
  tops: Float32Array
  slopes: Float32Array
  /** The tops without their detail: shading that follows every notch would look brushed. */
  brow: Float32Array
  crest: number[]
  foot: number[]
  depth: number
}
type Sun = { x: number; y: number; radius: number; disc: number[]; glow: number[] }

/** A sky with ridges or waves before it, each layer nearer and darker than the last. */
export function paintLayers(plan: Plan, canvas: Canvas): Painter {
  const { width, height, random } = canvas
  const tones = toneScale(plan)
  const sky = createRamp(tones.sky)
  const sun = plan.hasSun || random() < 0.35 ? placeSun(plan, canvas, tones) : null
  const layers = placeLayers(plan, canvas, tones)
  const stars = plan.isDark || plan.hasStars ? placeStars(canvas) : []
  const line = new Float32Array(3)

  return (y, row) => {
    sampleRamp(sky, y / (height * 0.74), line, 0)
    for (let x = 0; x < width; x += 1) {
      row.set(line, x * 3)
      if (sun !== null) paintSun(sun, x, y, row)
    }
    for (const star of stars) paintStar(star, y, row, width)
    for (const layer of layers) {
      for (let x = 0; x < width; x += 1) {
        const below = y + 0.5 - (layer.tops[x] ?? 0)
        const cover = Math.min(1, below / (layer.slopes[x] ?? 1) + 0.5)
        if (cover <= 0) continue
        const share = 1 - Math.exp(-Math.max(0, y - (layer.brow[x] ?? 0)) / layer.depth)
        for (let channel = 0; channel < 3; channel += 1) {
          const crest = layer.crest[channel] ?? 0
          line[channel] = crest + ((layer.foot[channel] ?? 0) - crest) * share
        }
        blend(row, x * 3, line, cover)
      }
    }
  }
}

type Tones = { sky: Color[]; far: Color; near: Color; light: Color }

function toneScale({ palette, background }: Plan): Tones {
  const sorted = darkestFirst(palette)
  const light = background ?? sorted.at(-1) ?? { lightness: 0.9, a: 0, b: 0 }
  const dark = sorted[0] ?? light
  const middle = sorted[Math.floor(sorted.length / 2)] ?? light
  const top = sorted.length > 3 ? (sorted[1] ?? middle) : mix(dark, light, 0.45)
  const between = sorted.slice(2, -1)
  return {
    sky: [mix(top, light, 0.12), ...between, light, light],
    far: mix(middle, light, 0.42),
    near: shift(dark, { lighter: -0.05 }),
    light,
  }
}

function placeLayers(plan: Plan, { width, height, random }: Canvas, tones: Tones): Layer[] {
  const count = plan.kind === 'ridges' ? 6 : 7
  return Array.from({ length: count }, (_, index) => {
    const near = index / (count - 1)
    const base = height * (plan.kind === 'ridges' ? 0.47 + 0.4 * near ** 1.15 : 0.42 + 0.46 * near)
    const profile = plan.kind === 'ridges' ? ridge(random, near) : wave(random, near)
    const tops = Float32Array.from(
      { length: width },
      (_each, x) => base - height * profile(x / height),
    )
    const color = mix(tones.far, tones.near, near ** 0.85)
    const haze =
      plan.kind === 'ridges'
        ? mix(color, tones.light, 0.34 * (1 - near))
        : shift(color, { lighter: -0.075 })
    const crest = plan.kind === 'ridges' ? color : shift(color, { lighter: 0.045, chroma: 1.05 })
    return {
      tops,
      slopes: tops.map((top, x) => Math.hypot(1, (tops[x + 1] ?? top) - top)),
      brow: movingAverage(tops, Math.round(height * 0.05)),
      crest: triple(crest),
      foot: triple(haze),
      depth: height * (plan.kind === 'ridges' ? 0.16 : 0.12),
    }
  })
}

function movingAverage(values: Float32Array, reach: number): Float32Array {
  const sums = new Float64Array(values.length + 1)
  for (const [index, value] of values.entries()) sums[index + 1] = (sums[index] ?? 0) + value
  return values.map((_, index) => {
    const from = Math.max(0, index - reach)
    const to = Math.min(values.length, index + reach + 1)
    return ((sums[to] ?? 0) - (sums[from] ?? 0)) / (to - from)
  })
}

/** Heights in shares of the picture's height, as a curve over the same unit. */
function ridge(random: Random, near: number): (x: number) => number {
  const noises = Array.from({ length: 7 }, () => createNoise1(random))
  const start = random() * 200
  const size = 0.2 - 0.08 * near
  return (x) => {
    let height = 0
    for (const [octave, noise] of noises.entries()) {
      const value = noise((x * 1.9 + start) * 2 ** octave)
      // Folded noise makes sharp crests; the finest octaves stay plain, as scree does.
      height += (octave < 3 ? 0.75 - 1.5 * Math.abs(value) : value * 0.6) * 0.5 ** octave
    }
    return height * size * 0.75
  }
}

function wave(random: Random, near: number): (x: number) => number {
  const parts = [0.9, 1.7, 3.1].map((frequency) => ({
    frequency: frequency * (0.8 + random() * 0.5),
    start: random() * Math.PI * 2,
  }))
  const size = 0.05 + 0.02 * near
  return (x) => {
    let height = 0
    for (const { frequency, start } of parts)
      height += Math.sin(x * frequency * Math.PI + start) / frequency
    return height * size
  }
}

function placeSun(plan: Plan, { width, height, random }: Canvas, { light }: Tones): Sun {
  return {
    x: width * (0.28 + random() * 0.44),
    y: height * (plan.kind === 'ridges' ? 0.27 : 0.31),
    radius: Math.min(width, height) * 0.075,
    disc: triple(shift(light, { lighter: 0.09, chroma: 0.75 })),
    glow: triple(shift(light, { lighter: 0.04 })),
  }
}

function paintSun(
  { x, y, radius, disc, glow }: Sun,
  atX: number,
  atY: number,
  row: Float32Array,
): void {
  const distance = Math.hypot(atX + 0.5 - x, atY + 0.5 - y)
  if (distance > radius * 6) return
  blend(row, atX * 3, glow, 0.75 * (1 - ease(0, radius * 6, distance)) ** 2)
  blend(row, atX * 3, disc, Math.min(1, Math.max(0, radius - distance + 0.5)))
}
