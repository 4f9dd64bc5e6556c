import { blend, type Canvas, type Painter } from './canvas.ts'
import { darkestFirst, mix, shift, triple, type Color } from '../core/color.ts'
import { createNoise1, type Random } from '../core/random.ts'
import type { Plan } from './plan.ts'
import { createRamp, sampleRamp } from './ramp.ts'
import { paintSky, skyTones } from './sky.ts'
import { paintStar, placeStars } from './stars.ts'
import { paintSun, placeSun } from './sun.ts'
import { pines } from './trees.ts'

type Layer = {
  tops: Float32Array
  slopes: Float32Array
  /** The tops without their detail: shading that follows every notch would look brushed. */
  brow: Float32Array
  crest: number[]
  foot: number[]
  depth: number
}

/** A sky with ridges, waves or woods before it, each layer nearer and darker than the last. */
export function paintLayers(plan: Plan, canvas: Canvas): Painter {
  const tones = toneScale(plan)
  // Clouds over a wood hang in a blue sky, not in one of its greens.
  const isWished = plan.isWished && plan.kind !== 'forest'
  const sky = plan.hasClouds
    ? paintSky({ ...plan, isWished }, canvas)
    : paintBackdrop(plan, canvas, tones)
  return paintOver(sky, placeLayers(plan, canvas, tones), canvas)
}

/** Dark ridges before any sky. */
export function paintRidgesOver(sky: Painter, plan: Plan, canvas: Canvas): Painter {
  const palette = plan.palette.map((color) =>
    shift(color, { lighter: plan.kind === 'aurora' ? -0.14 : 0 }),
  )
  const ridges = { ...plan, palette, kind: 'ridges' as const }
  const layers = placeLayers(ridges, canvas, toneScale(ridges))
  return paintOver(sky, layers.slice(-3), canvas)
}

/** The sky behind ridges, waves, woods and a skyline. */
export function paintBackdrop(plan: Plan, canvas: Canvas, tones = toneScale(plan)): Painter {
  const { width, height, random } = canvas
  const ramp = createRamp(tones.sky)
  const high = plan.kind === 'waves' ? 0.31 : 0.27
  const hasSun = plan.hasSun || (random() < 0.35 && plan.kind !== 'forest')
  const sun = hasSun ? placeSun(canvas, { light: tones.light, high }) : null
  const stars = plan.isDark || plan.hasStars ? placeStars(canvas) : []
  const line = new Float32Array(3)
  return (y, row) => {
    sampleRamp(ramp, y / (height * 0.74), line, 0)
    for (let x = 0; x < width; x += 1) {
      row.set(line, x * 3)
      if (sun !== null) paintSun(sun, x, y, row)
    }
    for (const star of stars) paintStar(star, y, row, width)
  }
}

function paintOver(sky: Painter, layers: readonly Layer[], { width }: Canvas): Painter {
  const line = new Float32Array(3)
  return (y, row) => {
    sky(y, row)
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

function toneScale(plan: Plan): Tones {
  const { palette, background, sky } = plan
  const sorted = darkestFirst(palette)
  const light = background ?? sorted.at(-1) ?? { lightness: 0.9, a: 0, b: 0 }
  const dark = sorted[0] ?? light
  const middle = sorted[Math.floor(sorted.length / 2)] ?? light
  const top = sorted.length > 3 ? (sorted[1] ?? middle) : mix(dark, light, 0.45)
  const between = sorted.slice(2, -1)
  if (sky !== null) {
    const tones = skyTones(plan)
    const haze = tones.at(-1) ?? light
    return {
      sky: tones,
      far: mix(middle, haze, 0.45),
      near: shift(dark, { lighter: -0.03 }),
      light: haze,
    }
  }
  return {
    sky: [mix(top, light, 0.12), ...between, light, light],
    far: mix(middle, light, 0.42),
    near: shift(dark, { lighter: -0.05 }),
    light,
  }
}

function placeLayers(plan: Plan, { width, height, random }: Canvas, tones: Tones): Layer[] {
  const { count, baseOf, profileOf, depth, isHazy } =
    SCENES[plan.kind === 'waves' ? 'waves' : plan.kind === 'forest' ? 'forest' : 'ridges']
  return Array.from({ length: count }, (_, index) => {
    const near = index / (count - 1)
    const profile = profileOf(random, near)
    const tops = Float32Array.from(
      { length: width },
      (_each, x) => height * (baseOf(near) - profile(x / height)),
    )
    const color = mix(tones.far, tones.near, near ** 0.85)
    const foot = isHazy
      ? mix(
          color,
          tones.light,
          (plan.hasMist ? 0.72 : plan.kind === 'forest' ? 0.5 : 0.34) * (1 - near),
        )
      : shift(color, { lighter: -0.075 })
    const crest = isHazy ? color : shift(color, { lighter: 0.045, chroma: 1.05 })
    return {
      tops,
      slopes: tops.map((top, x) => Math.min(8, Math.hypot(1, (tops[x + 1] ?? top) - top))),
      brow: movingAverage(tops, Math.round(height * 0.05)),
      crest: triple(crest),
      foot: triple(foot),
      depth: height * depth,
    }
  })
}

type Scene = {
  count: number
  /** How far down a layer begins, 0 to 1, by how near it is, 0 to 1. */
  baseOf: (near: number) => number
  profileOf: (random: Random, near: number) => (x: number) => number
  depth: number
  isHazy: boolean
}

const SCENES: Record<'ridges' | 'waves' | 'forest', Scene> = {
  ridges: {
    count: 6,
    baseOf: (near) => 0.47 + 0.4 * near ** 1.15,
    profileOf: ridge,
    depth: 0.16,
    isHazy: true,
  },
  waves: {
    count: 7,
    baseOf: (near) => 0.42 + 0.46 * near,
    profileOf: wave,
    depth: 0.12,
    isHazy: false,
  },
  forest: {
    count: 6,
    baseOf: (near) => 0.5 + 0.46 * near ** 1.1,
    profileOf: (random, near) => (near < 0.15 ? ridge(random, 0) : pines(random, near)),
    depth: 0.14,
    isHazy: true,
  },
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
