import { blend, type Canvas, type Painter } from './canvas.ts'
import { chromaOf, darkestFirst, fromHex, mix, triple, type Color } from '../core/color.ts'
import { createNoise2 } from '../core/random.ts'
import type { Plan } from './plan.ts'

type Tones = { ground: Color; cloud: Color; vein: Color; accent: Color }

/** Polished stone: a pale or dark ground with clouds, fine veins, and some in a second colour. */
export function paintMarble(plan: Plan, { width, height, random }: Canvas): Painter {
  const { ground, cloud, vein, accent } = tonesOf(plan)
  const [warpX, warpY, clouds, veins, fine, gold, strength] = Array.from({ length: 7 }, () =>
    createNoise2(random),
  ) as Seven
  const slant = 0.5 + random() * 0.5
  const unit = Math.min(width, height)
  const tones = {
    ground: triple(ground),
    cloud: triple(cloud),
    vein: triple(vein),
    accent: triple(accent),
  }

  return (y, row) => {
    for (let x = 0; x < width; x += 1) {
      const u = (x * Math.cos(slant) + y * Math.sin(slant)) / unit
      const v = (y * Math.cos(slant) - x * Math.sin(slant)) / unit + 40
      const roughX = rough(warpX, u, v)
      const roughY = rough(warpY, u, v)
      const bentX = u * 1.2 + 0.6 * roughX
      const bentY = v * 1.9 + 0.6 * roughY
      const power = 0.5 + 0.5 * strength(u * 1.3, v * 1.3)
      row.set(tones.ground, x * 3)
      blend(row, x * 3, tones.cloud, 0.5 * (0.5 + 0.5 * clouds(bentX * 1.1, bentY * 1.1)) ** 1.5)
      blend(row, x * 3, tones.cloud, 0.5 * ridge(veins(bentX * 0.9, bentY * 0.9), 0.36))
      blend(row, x * 3, tones.vein, 0.8 * power * ridge(veins(bentX * 0.9, bentY * 0.9), 0.055))
      blend(
        row,
        x * 3,
        tones.vein,
        0.45 * (1 - power) * ridge(fine(bentX * 2.3, bentY * 2.3), 0.06),
      )
      blend(
        row,
        x * 3,
        tones.accent,
        0.95 * ridge(gold(bentX * 0.8 + 20, bentY * 0.8), 0.012 + 0.02 * power),
      )
    }
  }
}

/** Five octaves: the finer ones make a vein tear instead of flow. */
function rough(noise: Noise, u: number, v: number): number {
  let sum = 0
  for (let octave = 0; octave < 5; octave += 1)
    sum += noise(u * 1.5 * 2.1 ** octave + octave * 9, v * 2 * 2.1 ** octave) * 0.5 ** octave
  return sum
}

type Noise = ReturnType<typeof createNoise2>
type Seven = [Noise, Noise, Noise, Noise, Noise, Noise, Noise]

/** 1 where a noise crosses 0, falling to 0 within `reach` of it. */
function ridge(value: number, reach: number): number {
  const near = Math.max(0, 1 - Math.abs(value) / reach)
  return near * near * (3 - 2 * near)
}

function tonesOf({ palette, background, isWished, isNamed, isDark }: Plan): Tones {
  const white = fromHex('f6f4f1')
  const black = fromHex('17181c')
  if (!isWished)
    return {
      ground: white,
      cloud: fromHex('d3d4d8'),
      vein: fromHex('777b86'),
      accent: fromHex('9a9ca6'),
    }
  const sorted = darkestFirst(palette)
  const [darkest = black, lightest = white] = [sorted[0], sorted.at(-1)]
  if (!isNamed) {
    const ground = isDark ? mix(black, darkest, 0.6) : mix(white, lightest, 0.6)
    const middle = sorted[Math.floor(sorted.length / 2)] ?? darkest
    const vein = isDark ? mix(lightest, ground, 0.2) : mix(darkest, middle, 0.3)
    return { ground, cloud: mix(ground, middle, 0.45), vein, accent: isDark ? lightest : middle }
  }
  const ground = background ?? palette[0] ?? white
  const others = palette.filter((color) => color !== ground)
  // A colourful one among them is the metal in the stone.
  const accent = others.toSorted((one, other) => chromaOf(other) - chromaOf(one))[0] ?? darkest
  const vein =
    others.find((color) => color !== accent) ??
    (ground.lightness > 0.5 ? fromHex('7c7f88') : fromHex('b9bcc4'))
  return { ground, cloud: mix(ground, vein, 0.32), vein, accent }
}
