import { toHex } from '../core/color.ts'
import type { Colors } from './colors.ts'
import { isSameMood, leadingMood, suits } from './palette.ts'
import type { Purpose } from './purpose.ts'
import type { NamedColor, PromptWords } from './read-prompt.ts'
import { shapeWords, type Shape } from './shape.ts'
import type { Subject } from './subjects.ts'
import type { Wording } from './texts.ts'
import {
  DRAWN_WORDS,
  KIND_WORDS,
  LOOSE_WORDS,
  MOTIF_WORDS,
  OUTLINE_WORDS,
  TRADE_WORDS,
  type Kind,
} from './vocabulary.ts'

/** What the caller is told of a prompt, in words of our own lists. */
export type Sayings = {
  /** What the prompt says and the picture shows. */
  honoured: string[]
  /** What the prompt says and the picture does not show. */
  notHonoured: string[]
  /** What the prompt leaves open, and what was taken. */
  chosen: string[]
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
  monogram: 'monogram',
  wordmark: 'text alone',
  texture: 'texture',
}

type Drawn = Shape &
  Colors & {
    subjects: readonly Subject[]
    texts: readonly string[]
    initials: string | null
    label: string | null
  }
type Told = {
  plan: Drawn
  words: PromptWords
  wording: Wording
  purpose: Purpose
  /** Things that the prompt names, drawn or not. */
  found: readonly Subject[]
  negativePrompt: string | undefined
}

/** Says which words of a prompt show, which do not, and what was chosen beside them. */
export function sayings(told: Told): Sayings {
  const shown = shownWords(told)
  return {
    honoured: honouredOf(told, shown),
    notHonoured: missingOf(told, new Set(shown)),
    chosen: chosenOf(told),
  }
}

function honouredOf(told: Told, shown: readonly string[]): string[] {
  const { plan, words, wording, purpose } = told
  const drawn = plan.subjects.map(({ words: own }) => own).filter((own) => own !== '')
  const hasText = plan.texts.some((text) => wording.texts.includes(text))
  const isLettered = plan.initials !== null && wording.texts.includes(plan.initials)
  return unique([
    ...(isWorded(plan.kind, words) ? [KIND_NAMES[plan.kind]] : []),
    ...purpose.materialWords,
    ...drawn,
    ...words.colors.filter((entry) => isShown(told, entry)).map(({ name }) => name),
    ...words.bound.filter(({ color }) => isUsed(plan, color)).map(({ name }) => name),
    ...shown,
    ...(hasText || isLettered ? ['text'] : []),
    ...(plan.initials !== null && wording.initials !== null ? ['initials'] : []),
    ...(wording.name !== null && plan.texts.includes(wording.name) ? ['name'] : []),
    ...(plan.isTransparent ? ['transparent background'] : []),
  ])
}

/** Whether the prompt itself asks for this kind of picture. */
function isWorded(kind: Kind, { shapes: all, icons }: PromptWords): boolean {
  const shapes = all.filter((word) => !/^back(?:ground|drop)$|^wallpaper$/.test(word))
  if (kind === 'tiles' && MOTIF_WORDS.some(([, list]) => shapes.some((word) => list.has(word))))
    return true
  if (kind === 'monogram') return icons.some((word) => /^(?:monogram|lettermark)$/.test(word))
  return KIND_WORDS.some(([name, list]) => name === kind && shapes.some((word) => list.has(word)))
}

/** The words for shapes, moods and styles that this plan makes visible. */
function shownWords({ plan, words }: Told): string[] {
  const { kind, palette } = plan
  const visible = shapeWords(plan)
  const isQuiet = kind === 'gradient' || kind === 'solid'
  const isMark = kind === 'icon' || kind === 'monogram' || (kind === 'tiles' && plan.isPerson)
  const isDrawn = kind === 'icon' || kind === 'picture' || plan.motif === 'pictures'
  const leading = words.colors.length === 0 && plan.isWished ? leadingMood(words.moods) : null
  const seen = plan.background === null ? palette : [plan.background]
  const moods = words.moods.filter(
    (word) =>
      word === words.surround ||
      isSameMood(word, leading) ||
      suits(word, seen, isQuiet || kind === 'monogram'),
  )
  return unique([
    ...words.shapes.filter((word) => visible.has(word)),
    ...moods,
    ...(isDrawn ? words.styles.filter((word) => DRAWN_WORDS.has(word)) : []),
    ...words.icons.filter((word) => {
      if (OUTLINE_WORDS.has(word)) return plan.isOutline || visible.has(word)
      return isMark || kind === 'picture' || (kind === 'placeholder' && plan.label === null)
    }),
  ])
}

function isUsed({ subjects }: Drawn, color: unknown): boolean {
  return subjects.some((subject) => subject.color === color)
}

/** A drawing alone, or on a named ground, shows only the first of the other colours; text is needed for its own. */
function isShown({ plan, words }: Told, { name, role }: NamedColor): boolean {
  if (role === 'text') return plan.texts.length > 0
  if (plan.isTransparent && role === 'background') return false
  if ((plan.kind !== 'icon' && plan.kind !== 'picture') || role === 'background') return true
  if (plan.background === null && !plan.isTransparent) return true
  return words.colors.find((entry) => entry.role === 'front')?.name === name
}

function missingOf(told: Told, shown: ReadonlySet<string>): string[] {
  const { plan, words, purpose, found, negativePrompt = '' } = told
  const wished = [
    ...words.styles,
    ...words.icons,
    ...words.subjects,
    ...words.shapes,
    ...words.moods,
  ]
  const lost = found.filter(({ icon }) => !plan.subjects.some((drawn) => drawn.icon === icon))
  return unique([
    ...wished.filter(
      (word) => !shown.has(word) && !LOOSE_WORDS.has(word) && !TRADE_WORDS.has(word),
    ),
    ...lost.map(({ words: own }) => own),
    ...words.bound
      .filter(({ color }) => !isUsed(plan, color))
      .map(({ name, thing }) => `${name} for ${thing}`),
    ...words.colors.filter((entry) => !isShown(told, entry)).map(({ name }) => name),
    ...words.lost.map((name) => `${name} for a thing that is not drawn`),
    ...words.avoided.map((word) => `"no ${word}"`),
    ...(purpose.isTransparent && !plan.isTransparent ? ['transparent background'] : []),
    ...(negativePrompt.trim() === '' ? [] : ['negativePrompt']),
    ...(words.unknown === 0 ? [] : [unknownWords(words.unknown)]),
  ])
}

function chosenOf({ plan, words, wording }: Told): string[] {
  const { kind, subjects, palette, background } = plan
  const isKindOpen = !isWorded(kind, words) && kind !== 'icon' && kind !== 'texture'
  const isMaterialColor = kind === 'texture' && !plan.isWished && background === null
  const isColorOpen = !plan.isWished && background === null && !isMaterialColor
  const isSign = subjects.some(({ words: own }) => own === '')
  return unique([
    ...(isKindOpen ? [KIND_NAMES[kind]] : []),
    ...(kind === 'monogram' && wording.initials === null && plan.initials !== null
      ? ['letters of the monogram']
      : []),
    ...(isSign ? ['a neutral sign'] : []),
    ...(plan.label === null ? [] : ['a label with the words of the prompt']),
    ...(isMaterialColor ? ['the colour of the material'] : []),
    ...(isColorOpen ? [colorsSaid(plan, palette.map(toHex))] : []),
    ...(kind === 'tiles' && !words.shapes.some(isMotif) && plan.motif !== 'pictures'
      ? [`motif: ${plan.motif}`]
      : []),
    ...(kind === 'gradient' && plan.direction === null ? ['direction of the gradient'] : []),
  ])
}

/** Colours by value, where the picture shows them all; a tile and a stage take two that suit the drawing. */
function colorsSaid({ kind }: Drawn, hexes: readonly string[]): string {
  const isBacked = kind === 'icon' || kind === 'picture' || kind === 'monogram'
  return isBacked || kind === 'placeholder' ? 'colours' : `colours ${hexes.join(' ')}`
}

function isMotif(word: string): boolean {
  return MOTIF_WORDS.some(([, list]) => list.has(word))
}

function unknownWords(count: number): string {
  return count === 1 ? 'one word it does not know' : `${count} words it does not know`
}

function unique(list: readonly string[]): string[] {
  return [...new Set(list)]
}
