import type { Canvas } from './canvas.ts'
import {
  chromaOf,
  darkestFirst,
  distanceOf,
  fromHex,
  mix,
  shift,
  toHex,
  type Color,
} from '../core/color.ts'
import { contrastOf, hexLuminance, TEXT_CONTRAST } from '../core/contrast.ts'
import { colorsOf } from './drawing.ts'
import type { Plan } from './plan.ts'
import { pick } from '../core/random.ts'

/** Two colours that a tile or a stage runs between. */
export type Tones = [Color, Color]

const TILES = [
  '4f7df9 2b3fd0',
  '8a5cf6 4b2fb8',
  '16b8a6 0b6e8a',
  'ff8f6b e0457b',
  'ffc857 f2883d',
  '3cc8f0 2a6fdb',
  '34495e 17202c',
  'f4f6fb cfd8ea',
  '5fd38a 1f9d6b',
].map((pair) => pair.split(' ').map(fromHex) as Tones)

const BLUE = fromHex('4f7df9')
export const NAVY: Color = fromHex('14172b')
export const WHITE: Color = fromHex('ffffff')

/** The two colours of a tile: those of the prompt, or a pair far from the colours of the drawing. */
export function tileTones(plan: Plan, { random }: Pick<Canvas, 'random'>): Tones {
  const { palette, isWished, isNamed, background } = plan
  if (background !== null)
    return [shift(background, { lighter: 0.04 }), shift(background, { lighter: -0.06 })]
  const own = ownColors(plan)
  if (isWished && isNamed && plan.subjects.every(({ color }) => color === null))
    return [palette[0] ?? BLUE, palette.at(-1) ?? BLUE]
  if (isWished) {
    const [darkest = BLUE, dark = darkest, middle = dark, light = middle] = darkestFirst(palette)
    const pairs: Tones[] = [
      [light, dark],
      [shift(light, { lighter: 0.3, chroma: 0.4 }), shift(light, { lighter: 0.16, chroma: 0.6 })],
      [shift(dark, { lighter: -0.12 }), shift(darkest, { lighter: -0.12 })],
    ]
    // The colour itself, unless the drawing would be lost on it.
    return pairs.find((pair) => nearness(pair, own) > 0.11) ?? farthest(pairs, own)
  }
  const ranked = TILES.toSorted((one, other) => farness(other, own) - farness(one, own))
  return pick(random, ranked.slice(0, 3))
}

/** The two colours behind initials and the colour of the letters, which is readable on both. */
export function monogramTones(
  plan: Plan,
  canvas: Pick<Canvas, 'random'>,
): { tones: Tones; ink: Color } {
  const { palette, background, isNamed, isGradient } = plan
  const [first = BLUE, second = first] = palette
  const ground = background ?? first
  const front = background === null ? second : first
  const hasBoth = background !== null ? plan.isNamed : isNamed && !isGradient
  if (hasBoth && contrast(ground, front) >= TEXT_CONTRAST)
    return { tones: [ground, ground], ink: front }
  let tones = tileTones(plan, canvas)
  const worst = (ink: Color) => Math.min(...tones.map((tone) => contrast(tone, ink)))
  if (worst(WHITE) < TEXT_CONTRAST && worst(NAVY) >= TEXT_CONTRAST) return { tones, ink: NAVY }
  while (worst(WHITE) < TEXT_CONTRAST)
    tones = tones.map((tone) => shift(tone, { lighter: -0.03 })) as Tones
  return { tones, ink: WHITE }
}

/** The contrast ratio of two colours. */
export function contrast(one: Color, other: Color): number {
  return contrastOf(hexLuminance(toHex(one)), hexLuminance(toHex(other)))
}

/** White or nearly black lines, whichever stands out on these tones. */
export function inkOn(tones: readonly Color[]): Color {
  const worst = (ink: Color) => Math.min(...tones.map((tone) => contrast(tone, ink)))
  return worst(WHITE) >= Math.min(3, worst(NAVY)) ? WHITE : NAVY
}

function ownColors({ subjects }: Plan): Color[] {
  return subjects.flatMap(({ color, icon }) => {
    if (color !== null) return [color]
    return icon.isLines ? [] : colorsOf(icon.body).slice(0, 6)
  })
}

function nearness([from, to]: Tones, own: readonly Color[]): number {
  const tone = mix(from, to, 0.5)
  return Math.min(...own.slice(0, 2).map((color) => distanceOf(color, tone)), 1)
}

function farthest(pairs: readonly Tones[], own: readonly Color[]): Tones {
  return (
    pairs.toSorted((one, other) => nearness(other, own) - nearness(one, own))[0] ?? [BLUE, BLUE]
  )
}

function farness([from, to]: Tones, own: readonly Color[]): number {
  const tone = mix(from, to, 0.5)
  const near = own.map((color) => distanceOf(color, tone))
  // A colourful tile is worth a little nearness.
  return Math.min(...near, 1) + chromaOf(tone) * 0.9
}
