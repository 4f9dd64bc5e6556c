import { pick, type Random } from '../core/random.ts'
import type { PromptWords } from './read-prompt.ts'
import type { Subject } from './subjects.ts'
import {
  CLOUD_WORDS,
  DIRECTION_WORDS,
  ICON_WORDS,
  KIND_WORDS,
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
  /** An icon in lines and not on a tile. */
  isOutline: boolean
}

type Things = { tokens: readonly string[]; subjects: readonly Subject[] }

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
export function chooseShape(
  words: PromptWords,
  { tokens, subjects }: Things,
  random: Random,
): Shape {
  const { shapes, colors } = words
  const names = (list: ReadonlySet<string>) => shapes.some((word) => list.has(word))
  const motif = firstOf(MOTIF_WORDS, shapes)
  const kind = kindOf(words, motif, subjects, tokens)
  const single = kind === 'solid' && colors.length > 1 ? 'gradient' : kind
  return {
    kind: single,
    motif:
      motif ??
      (subjects.length > 0 && single === 'tiles' ? 'pictures' : pick(random, RANDOM_MOTIFS)),
    direction: single === 'gradient' ? firstOf(DIRECTION_WORDS, shapes) : null,
    hasSun: WITH_SUN.has(single) && names(SUN_WORDS),
    hasStars: WITH_STARS.has(single) && names(STAR_WORDS),
    hasRidges: single !== 'ridges' && names(wordsOf(KIND_WORDS, 'ridges')),
    hasClouds: names(CLOUD_WORDS),
    hasMist: names(MIST_WORDS),
    isPerson: tokens.some((token) => PERSON_WORDS.has(token)),
    isOutline: single === 'icon' && tokens.some((token) => OUTLINE_WORDS.has(token)),
  }
}

function kindOf(
  { shapes }: PromptWords,
  motif: Motif | null,
  subjects: readonly Subject[],
  tokens: readonly string[],
): Kind {
  const named = firstOf(KIND_WORDS, shapes)
  if (subjects.length > 0) {
    if (tokens.some((token) => ICON_WORDS.has(token))) return 'icon'
    return named === 'tiles' ? 'tiles' : 'picture'
  }
  if (motif !== null && (named === null || !SCENES.has(named))) return 'tiles'
  return named ?? 'mesh'
}

/** The words of a prompt that this shape makes visible. */
export function shapeWords(shape: Shape): ReadonlySet<string> {
  const { kind, motif, direction, hasSun, hasStars, hasRidges } = shape
  const isSeamless = kind === 'tiles' && SEAMLESS.has(motif)
  return new Set([
    ...[...wordsOf(KIND_WORDS, kind)].filter((word) => isSeamless || !SEAMLESS_WORDS.has(word)),
    ...(kind === 'tiles' ? wordsOf(MOTIF_WORDS, motif) : []),
    ...(direction === null ? [] : wordsOf(DIRECTION_WORDS, direction)),
    ...(hasSun ? SUN_WORDS : []),
    ...(hasStars ? [...STAR_WORDS, 'sky'] : []),
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
