import { darkestFirst, shift, type Color } from './color.ts'
import { draftTone } from './color-names.ts'
import { createRandom, pick, seedOf, type Random } from './noise.ts'
import { leadingMood, moodOf, moodPalette, shadesOf, suits } from './palette.ts'
import { readPrompt, type NamedColor, type PromptWords } from './read-prompt.ts'
import {
  DIRECTION_WORDS,
  KIND_WORDS,
  LOOSE_WORDS,
  MOTIF_WORDS,
  STAR_WORDS,
  SUN_WORDS,
  type Direction,
  type Kind,
  type Motif,
  type WordTable,
} from './vocabulary.ts'

/** Everything that decides the pixels of a draft, and what the caller is told about it. */
export type Plan = {
  kind: Kind
  motif: Motif
  direction: Direction | null
  hasSun: boolean
  hasStars: boolean
  isDark: boolean
  /** At least one colour: dark to light, or in the order the prompt names them. */
  palette: Color[]
  /** Whether the prompt names two colours or more, which then stay as they are. */
  isNamed: boolean
  /** The colour behind everything, where the prompt names one. */
  background: Color | null
  seed: number
  /** Words of our own lists that show in the picture. */
  honoured: string[]
  /** Words of our own lists that do not. */
  notHonoured: string[]
}

type PlanRequest = {
  prompt: string
  seed?: number | undefined
  negativePrompt?: string | undefined
}

const KIND_NAMES: Record<Kind, string> = {
  solid: 'one flat colour',
  gradient: 'gradient',
  mesh: 'mesh gradient',
  tiles: 'geometric pattern',
  waves: 'layered waves',
  ridges: 'layered ridges',
  bokeh: 'bokeh lights',
}

/** Reads a prompt into a plan. The same prompt and seed give the same plan. */
export function planDraft({ prompt, seed = seedOf(prompt), negativePrompt }: PlanRequest): Plan {
  const words = readPrompt(prompt)
  const random = createRandom(seed)
  const shape = chooseShape(words, random)
  const colors = chooseColors(words, shape, random)
  const shown = shownWords(words, shape, colors)
  return {
    ...shape,
    ...colors,
    seed,
    honoured: unique([KIND_NAMES[shape.kind], ...words.colors.map(({ name }) => name), ...shown]),
    notHonoured: missingWords(words, new Set(shown), negativePrompt),
  }
}

type Shape = Pick<Plan, 'kind' | 'motif' | 'direction' | 'hasSun' | 'hasStars'>

function chooseShape({ shapes, colors }: PromptWords, random: Random): Shape {
  const motif = firstOf(MOTIF_WORDS, shapes)
  const candidate = firstOf(KIND_WORDS, shapes)
  const isScene = candidate === 'ridges' || candidate === 'bokeh' || candidate === 'mesh'
  const single = candidate === 'solid' && colors.length > 1 ? 'gradient' : candidate
  const kind = motif !== null && !isScene ? 'tiles' : (single ?? 'mesh')
  const hasSky = kind === 'ridges' || kind === 'waves'
  const names = (list: ReadonlySet<string>) => shapes.some((word) => list.has(word))
  return {
    kind,
    motif: motif ?? pick(random, ['shapes', 'shapes', 'triangles', 'cubes'] as const),
    direction: kind === 'gradient' ? firstOf(DIRECTION_WORDS, shapes) : null,
    hasSun: hasSky && names(SUN_WORDS),
    hasStars: (hasSky || kind === 'bokeh') && names(STAR_WORDS),
  }
}

type Colors = Pick<Plan, 'palette' | 'background' | 'isDark' | 'isNamed'>

function chooseColors({ colors, moods }: PromptWords, { kind }: Shape, random: Random): Colors {
  const isDark = moods.some(isDarkMood)
  const front = colors.filter((entry) => !entry.isBackground).map((entry) => toneOf(entry, kind))
  const last = colors.find((entry) => entry.isBackground)
  const behind = last === undefined ? null : toneOf(last, kind)
  const named = front.length > 0 || behind === null ? front : [behind]
  if (named.length === 0) {
    return {
      palette: moodPalette(leadingMood(moods), random),
      background: null,
      isDark,
      isNamed: false,
    }
  }
  // With a colour for the background too, both are meant as they are.
  const isNamed = named.length > 1 || (front.length > 0 && behind !== null)
  const shades = isNamed ? named : named.flatMap(shadesOf)
  const darker = (color: Color) => shift(color, { lighter: -0.12 })
  return {
    palette: isDark && !isNamed ? darkestFirst(shades).map(darker) : shades,
    background: front.length > 0 ? behind : null,
    isDark,
    isNamed,
  }
}

/** One flat colour is meant to the letter; elsewhere a plain word such as "blue" means a good blue. */
function toneOf({ name, color }: NamedColor, kind: Kind): Color {
  return kind === 'solid' ? color : (draftTone(name) ?? color)
}

/** The words for shapes and moods that this plan makes visible. */
function shownWords(
  words: PromptWords,
  { kind, motif, direction, hasSun, hasStars }: Shape,
  { palette }: Colors,
): string[] {
  const visible = new Set([
    ...wordsOf(KIND_WORDS, kind),
    ...(kind === 'tiles' ? wordsOf(MOTIF_WORDS, motif) : []),
    ...(direction === null ? [] : wordsOf(DIRECTION_WORDS, direction)),
    ...(hasSun ? SUN_WORDS : []),
    ...(hasStars ? STAR_WORDS : []),
  ])
  const isQuiet = kind === 'gradient' || kind === 'solid'
  const leading = words.colors.length === 0 ? leadingMood(words.moods) : null
  const moods = words.moods.filter((word) => word === leading || suits(word, palette, isQuiet))
  return unique([...words.shapes.filter((word) => visible.has(word)), ...moods])
}

function missingWords(
  words: PromptWords,
  shown: ReadonlySet<string>,
  negativePrompt = '',
): string[] {
  const missed = [...words.shapes, ...words.moods].filter(
    (word) => !shown.has(word) && !LOOSE_WORDS.has(word),
  )
  return unique([
    ...words.styles,
    ...words.subjects,
    ...missed,
    ...(words.wantsText ? ['text in the image'] : []),
    ...words.avoided.map((word) => `"no ${word}"`),
    ...(negativePrompt.trim() === '' ? [] : ['negativePrompt']),
    ...(words.unknown === 0 ? [] : [unknownWords(words.unknown)]),
  ])
}

function unknownWords(count: number): string {
  return count === 1 ? 'one word it does not know' : `${count} words it does not know`
}

function isDarkMood(word: string): boolean {
  return moodOf(word)?.isDark === true
}

function firstOf<T>(table: WordTable<T>, words: readonly string[]): T | null {
  return table.find(([, list]) => words.some((word) => list.has(word)))?.[0] ?? null
}

function wordsOf<T>(table: WordTable<T>, value: T): string[] {
  return table.filter(([name]) => name === value).flatMap(([, list]) => [...list])
}

function unique(list: readonly string[]): string[] {
  return [...new Set(list)]
}
