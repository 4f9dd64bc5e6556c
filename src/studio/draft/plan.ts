import { darkestFirst, distanceOf, shift, type Color } from '../core/color.ts'
import { draftTone } from '../core/color-names.ts'
import type { Icons } from './icons.ts'
import { createRandom, seedOf, type Random } from '../core/random.ts'
import { isSameMood, leadingMood, moodOf, moodPalette, shadesOf, suits } from './palette.ts'
import {
  quotedTexts,
  readPrompt,
  tokensOf,
  type NamedColor,
  type PromptWords,
} from './read-prompt.ts'
import { chooseShape, firstOf, shapeWords, type Shape } from './shape.ts'
import { findSubjects, type Subject } from './subjects.ts'
import {
  DRAWN_WORDS,
  ICON_WORDS,
  KIND_WORDS,
  LOOSE_WORDS,
  MOTIF_WORDS,
  OUTLINE_WORDS,
  type Kind,
} from './vocabulary.ts'

/** Everything that decides the pixels of a draft, and what the caller is told about it. */
export type Plan = Shape & {
  /** At least one colour: dark to light, or in the order the prompt names them. */
  palette: Color[]
  /** Whether the prompt names two colours or more, which then stay as they are. */
  isNamed: boolean
  /** Whether the colours come from the prompt, by name or by mood. */
  isWished: boolean
  /** The colour behind everything, where the prompt names one. */
  background: Color | null
  /** The colour of the sky, where the prompt names one beside others. */
  sky: Color | null
  isDark: boolean
  /** Things to draw, at most three. */
  subjects: Subject[]
  /** Text to set, the first of them large. */
  texts: string[]
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
  memphis: 'memphis pattern',
  marble: 'marble',
  contours: 'contour lines',
  lowpoly: 'low poly',
  waves: 'layered waves',
  ridges: 'layered ridges',
  forest: 'forest',
  skyline: 'skyline',
  sea: 'sea',
  sky: 'sky',
  aurora: 'aurora',
  bokeh: 'bokeh lights',
  placeholder: 'placeholder',
  picture: 'drawing',
  icon: 'icon',
}

/**
 * Reads a prompt into a plan. The same prompt and seed give the same plan. Without `icons` no things
 * are found in it.
 */
export function planDraft(
  { prompt, seed = seedOf(prompt), negativePrompt }: PlanRequest,
  icons: Icons | null = null,
): Plan {
  const tokens = tokensOf(prompt)
  const subjects = icons === null ? [] : subjectsOf(tokens, icons)
  const words = readPrompt(tokens, new Set(subjects.flatMap(({ words: own }) => own.split(' '))))
  const random = createRandom(seed)
  const shape = chooseShape(words, { tokens, subjects }, random)
  const colors = chooseColors(words, shape, random)
  const texts = quotedTexts(prompt)
  const shown = shownWords(words, shape, colors)
  const drawn = subjects.map(({ words: own }) => own)
  const colorNames = words.colors.map(({ name }) => name)
  const text = texts.length === 0 ? [] : ['text']
  return {
    ...shape,
    ...colors,
    subjects,
    texts,
    seed,
    honoured: unique([KIND_NAMES[shape.kind], ...drawn, ...colorNames, ...shown, ...text]),
    notHonoured: missingWords(words, new Set(shown), negativePrompt),
  }
}

/** The things to draw; a scene or a pattern of its own has none. */
function subjectsOf(tokens: readonly string[], icons: Icons): Subject[] {
  const isIcon = tokens.some((token) => ICON_WORDS.has(token))
  const isOutline = isIcon && tokens.some((token) => OUTLINE_WORDS.has(token))
  const subjects = findSubjects(tokens, icons, { isIcon, isOutline })
  if (isIcon || subjects.length === 0) return subjects
  const hasMotif = firstOf(MOTIF_WORDS, tokens) !== null
  const kind = firstOf(
    KIND_WORDS,
    tokens.filter((token) => !LOOSE_WORDS.has(token)),
  )
  return kind === null || (kind === 'tiles' && !hasMotif) ? subjects : []
}

type Colors = Pick<Plan, 'palette' | 'background' | 'sky' | 'isDark' | 'isNamed' | 'isWished'>

function chooseColors({ colors, moods }: PromptWords, { kind }: Shape, random: Random): Colors {
  const isDark = moods.some(isDarkMood)
  const above = colors.length > 1 ? colors.find((entry) => entry.isSky) : undefined
  const sky = above === undefined ? null : toneOf(above, kind)
  const front = colors
    .filter((entry) => !entry.isBackground && entry !== above)
    .map((entry) => toneOf(entry, kind))
  const last = colors.find((entry) => entry.isBackground)
  const behind = last === undefined ? null : toneOf(last, kind)
  const named = front.length > 0 || behind === null ? front : [behind]
  if (named.length === 0) {
    const mood = leadingMood(moods)
    return {
      palette: moodPalette(mood, random),
      background: null,
      sky,
      isDark,
      isNamed: false,
      isWished: mood !== null,
    }
  }
  // With a colour for the background too, both are meant as they are.
  const isNamed = (named.length > 1 && areApart(named)) || (front.length > 0 && behind !== null)
  const shades = isNamed ? named : named.slice(0, 1).flatMap(shadesOf)
  const darker = (color: Color) => shift(color, { lighter: -0.12 })
  return {
    palette: isDark && !isNamed ? darkestFirst(shades).map(darker) : shades,
    background: front.length > 0 ? behind : null,
    sky,
    isDark,
    isNamed,
    isWished: true,
  }
}

/** Whether colours differ enough to be more than one: "emerald green" is not. */
function areApart([first, ...others]: readonly Color[]): boolean {
  return others.some((other) => first !== undefined && distanceOf(first, other) > 0.14)
}

/** One flat colour is meant to the letter; elsewhere a plain word such as "blue" means a good blue. */
function toneOf({ name, color }: NamedColor, kind: Kind): Color {
  return kind === 'solid' ? color : (draftTone(name) ?? color)
}

/** The words for shapes and moods that this plan makes visible. */
function shownWords(words: PromptWords, shape: Shape, { palette }: Colors): string[] {
  const visible = shapeWords(shape)
  const isQuiet = shape.kind === 'gradient' || shape.kind === 'solid'
  const isDrawn = shape.kind === 'icon' || shape.kind === 'picture' || shape.motif === 'pictures'
  const leading = words.colors.length === 0 ? leadingMood(words.moods) : null
  const moods = words.moods.filter(
    (word) => isSameMood(word, leading) || suits(word, palette, isQuiet),
  )
  return unique([
    ...words.shapes.filter((word) => visible.has(word)),
    ...moods,
    ...(isDrawn ? words.styles.filter((word) => DRAWN_WORDS.has(word)) : []),
    ...words.icons.filter((word) => shape.kind === 'icon' || visible.has(word)),
  ])
}

function missingWords(
  words: PromptWords,
  shown: ReadonlySet<string>,
  negativePrompt = '',
): string[] {
  const wished = [
    ...words.styles,
    ...words.icons,
    ...words.subjects,
    ...words.shapes,
    ...words.moods,
  ]
  return unique([
    ...wished.filter((word) => !shown.has(word) && !LOOSE_WORDS.has(word)),
    ...words.painted.map((name) => `${name} for a drawing that has colours of its own`),
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

function unique(list: readonly string[]): string[] {
  return [...new Set(list)]
}
