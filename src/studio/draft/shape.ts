import { pick, type Random } from '../core/random.ts'
import type { PromptWords } from './read-prompt.ts'
import type { Purpose } from './purpose.ts'
import type { Subject } from './subjects.ts'
import {
  CLOUD_WORDS,
  DIRECTION_WORDS,
  KIND_WORDS,
  LOOSE_WORDS,
  MIST_WORDS,
  MOTIF_WORDS,
  OUTLINE_WORDS,
  PERSON_WORDS,
  STAR_WORDS,
  SUN_WORDS,
  type Direction,
  type Kind,
  type Motif,
  type WordTable,
} from './vocabulary.ts'
import { MATERIAL_COLORS, type Material } from './materials.ts'

/** What is drawn, whatever its colours. */
export type Shape = {
  kind: Kind
  motif: Motif
  direction: Direction | null
  hasSun: boolean
  hasStars: boolean
  /** Mountains, in a picture of another kind. */
  hasRidges: boolean
  hasClouds: boolean
  hasMist: boolean
  /** A placeholder for a portrait. */
  isPerson: boolean
  /** An icon or a drawing in lines. */
  isOutline: boolean
  /** The prompt asks for a clear background, and this kind of picture can have one. */
  isTransparent: boolean
  /** What stands behind a drawing: a scene, or a plain stage. */
  stage: Kind | null
  /** What an icon stands on. */
  form: Form
  /** What a texture is of. */
  material: Material | null
  /** `#rrggbb`, where a word for the material has a colour of its own: "denim". */
  materialColor: string | null
  isSeamless: boolean
  /** The prompt asks for a gradient. */
  isGradient: boolean
}

/** The ground of an icon: a tile with soft corners, a disc, the whole picture, or none. */
type Form = 'squircle' | 'circle' | 'square' | 'none'

type Things = {
  tokens: readonly string[]
  subjects: readonly Subject[]
  purpose: Purpose
  /** Whether there are letters for a monogram, and whether the prompt gives them as such. */
  hasInitials: boolean
  isMonogram: boolean
  hasTexts: boolean
}

const RANDOM_MOTIFS = ['shapes', 'shapes', 'triangles', 'cubes', 'chevrons', 'scales'] as const
/** Kinds that a motif does not turn into a pattern. */
const SCENES: ReadonlySet<Kind> = new Set([
  'ridges',
  'forest',
  'skyline',
  'sea',
  'sky',
  'aurora',
  'bokeh',
  'mesh',
  'lowpoly',
  'marble',
  'memphis',
  'contours',
  'placeholder',
])
const WITH_SUN: ReadonlySet<Kind> = new Set([
  'ridges',
  'waves',
  'forest',
  'skyline',
  'sea',
  'sky',
  'lowpoly',
])
const WITH_STARS: ReadonlySet<Kind> = new Set([
  'ridges',
  'waves',
  'forest',
  'skyline',
  'sea',
  'sky',
  'aurora',
  'bokeh',
])

/** Chooses what to draw; where the prompt leaves it open, the seed does. */
export function chooseShape(words: PromptWords, things: Things, random: Random): Shape {
  const { shapes, colors } = words
  const { tokens, subjects, purpose } = things
  const names = (list: ReadonlySet<string>) => shapes.some((word) => list.has(word))
  const motif = firstOf(MOTIF_WORDS, shapes)
  const kind = kindOf(words, motif, things)
  const isGround = colors.some(({ role }) => role === 'text') && hasGround(words)
  const single = kind === 'solid' && colors.length > 1 && !isGround ? 'gradient' : kind
  const isTransparent = purpose.isTransparent && CLEAR_KINDS.has(single)
  const stage = firstOf(
    KIND_WORDS,
    shapes.filter((word) => !LOOSE_WORDS.has(word)),
  )
  return {
    kind: single,
    motif:
      motif ??
      (subjects.length > 0 && single === 'tiles' ? 'pictures' : pick(random, RANDOM_MOTIFS)),
    direction: single === 'gradient' ? firstOf(DIRECTION_WORDS, shapes) : null,
    hasSun: WITH_SUN.has(single) && names(SUN_WORDS),
    hasStars: (WITH_STARS.has(single) || single === 'picture') && names(STAR_WORDS),
    hasRidges: single !== 'ridges' && names(wordsOf(KIND_WORDS, 'ridges')),
    hasClouds: names(CLOUD_WORDS),
    hasMist: names(MIST_WORDS),
    isPerson: purpose.isAvatar || tokens.some((token) => PERSON_WORDS.has(token)),
    isOutline:
      (single === 'icon' || single === 'picture') &&
      subjects.length > 0 &&
      subjects.every(({ icon }) => icon.isLines) &&
      tokens.some((token) => OUTLINE_WORDS.has(token)),
    isTransparent,
    stage: single === 'picture' && stage !== null && STAGES.has(stage) ? stage : null,
    form:
      purpose.isLogo && single === 'monogram' && !isTransparent && hasGround(words)
        ? 'square'
        : formOf(purpose, isTransparent, single),
    material: single === 'texture' ? purpose.material : null,
    materialColor:
      purpose.materialWords
        .map((word) => MATERIAL_COLORS.get(word))
        .find((hex) => hex !== undefined) ?? null,
    isSeamless: shapes.some((word) => SEAMLESS_WORDS.has(word)),
    isGradient: names(wordsOf(KIND_WORDS, 'gradient')),
  }
}

function hasGround({ colors }: PromptWords): boolean {
  return colors.some(({ role }) => role === 'background')
}

/** Kinds that may have nothing behind them. */
const CLEAR_KINDS: ReadonlySet<Kind> = new Set([
  'icon',
  'monogram',
  'picture',
  'placeholder',
  'wordmark',
])

/** Scenes that a drawing may float in. */
export const STAGES: ReadonlySet<Kind> = new Set(['sky', 'aurora', 'bokeh', 'mesh', 'gradient'])

function formOf(purpose: Purpose, isTransparent: boolean, kind: Kind): Form {
  if (isTransparent || (purpose.isLogo && kind === 'icon')) return 'none'
  if (purpose.isRound) return 'circle'
  return purpose.isAvatar ? 'square' : 'squircle'
}

function kindOf(words: PromptWords, motif: Motif | null, things: Things): Kind {
  const { subjects, purpose, hasTexts } = things
  const named = firstOf(KIND_WORDS, words.shapes)
  if (purpose.material !== null) return 'texture'
  if (named === 'placeholder') return named
  if (purpose.isIcon || purpose.isAvatar) return markOf(named, motif, things)
  if (subjects.length > 0) return named === 'tiles' ? 'tiles' : 'picture'
  if (purpose.isTransparent && hasTexts && (named === null || named === 'gradient'))
    return 'wordmark'
  if (motif !== null && (named === null || !SCENES.has(named))) return 'tiles'
  if (named !== null && !(purpose.isIllustration && named === 'mesh')) return named
  if (words.shapes.some((word) => MIST_WORDS.has(word))) return 'ridges'
  if (hasTexts && words.colors.some(({ role }) => role === 'text') && hasGround(words))
    return 'solid'
  return hasTexts || isBackdrop(words, purpose) ? 'mesh' : 'placeholder'
}

/** An icon, a logo or an avatar is never a scene: without a drawing it has letters. */
function markOf(named: Kind | null, motif: Motif | null, things: Things): Kind {
  const { subjects, purpose, hasInitials, isMonogram } = things
  if (isMonogram) return 'monogram'
  if (subjects.length > 0) return 'icon'
  const isPattern = motif !== null || named === 'tiles'
  if (purpose.isAvatar && isPattern) return 'tiles'
  return hasInitials || !purpose.isAvatar ? 'monogram' : 'placeholder'
}

/** Whether colours and moods are all that is asked for, or a ground for something else. */
function isBackdrop(words: PromptWords, purpose: Purpose): boolean {
  if (purpose.isIllustration) return false
  return purpose.isBackdrop || words.unknown + words.subjects.length === 0
}

/** The words of a prompt that this shape makes visible. */
export function shapeWords(shape: Shape): ReadonlySet<string> {
  const { kind, motif, direction, hasSun, hasStars, hasRidges } = shape
  const isSeamless = kind === 'texture' || (kind === 'tiles' && SEAMLESS.has(motif))
  const isTile = (kind === 'icon' || kind === 'monogram') && shape.form !== 'none'
  return new Set([
    ...[...wordsOf(KIND_WORDS, kind)].filter((word) => isSeamless || !SEAMLESS_WORDS.has(word)),
    ...(kind === 'tiles' ? wordsOf(MOTIF_WORDS, motif) : []),
    ...(direction === null ? [] : wordsOf(DIRECTION_WORDS, direction)),
    ...(hasSun ? SUN_WORDS : []),
    ...(hasStars ? [...STAR_WORDS, 'sky'] : []),
    ...(shape.stage === null ? [] : wordsOf(KIND_WORDS, shape.stage)),
    ...(isTile ? wordsOf(KIND_WORDS, 'gradient') : []),
    ...(isSeamless ? SEAMLESS_WORDS : []),
    ...(hasRidges && SHOWS_RIDGES.has(kind) ? wordsOf(KIND_WORDS, 'ridges') : []),
    ...(shape.hasClouds && SHOWS_CLOUDS.has(kind) ? [...CLOUD_WORDS] : []),
    ...(WITH_SUN.has(kind) ? ['sky', 'skies', 'horizon'] : []),
    ...(kind === 'ridges' || kind === 'forest' ? MIST_WORDS : []),
    ...(kind === 'placeholder' && shape.isPerson ? PERSON_WORDS : []),
    ...(kind === 'contours' ? ['line', 'lines'] : []),
    ...(FLAT_PATTERNS.has(kind) ? ['pattern', 'patterns'] : []),
  ])
}

/** Patterns that go on where they began when laid side by side. */
const SEAMLESS: ReadonlySet<Motif> = new Set(['shapes', 'checks', 'dots', 'pictures'])
const SEAMLESS_WORDS = new Set(['seamless', 'tiling'])
const FLAT_PATTERNS: ReadonlySet<Kind> = new Set(['memphis', 'contours', 'lowpoly'])
const SHOWS_RIDGES: ReadonlySet<Kind> = new Set(['lowpoly', 'aurora', 'forest', 'sky'])
const SHOWS_CLOUDS: ReadonlySet<Kind> = new Set(['sea', 'sky', 'ridges', 'waves', 'forest'])

/** What the first row of a table stands for that has one of these words. */
export function firstOf<T>(table: WordTable<T>, words: readonly string[]): T | null {
  return table.find(([, list]) => words.some((word) => list.has(word)))?.[0] ?? null
}

function wordsOf<T>(table: WordTable<T>, value: T): ReadonlySet<string> {
  return new Set(table.filter(([name]) => name === value).flatMap(([, list]) => [...list]))
}
