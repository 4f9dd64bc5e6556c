import { fromHex, shift, type Color } from './color.ts'
import { colorHex } from './color-names.ts'
import { moodOf } from './palette.ts'
import {
  DIRECTION_WORDS,
  FILLER_WORDS,
  KIND_WORDS,
  MODIFIERS,
  MOTIF_WORDS,
  NEGATION_WORDS,
  STYLE_WORDS,
  SUBJECT_WORDS,
  SUN_WORDS,
} from './vocabulary.ts'

/** A colour as the prompt names it. */
export type NamedColor = { name: string; color: Color; isBackground: boolean }

/** A prompt sorted into the words this provider knows; every list keeps the order of the prompt. */
export type PromptWords = {
  colors: NamedColor[]
  moods: string[]
  /** Words that choose a kind, a motif, a direction or a sun. */
  shapes: string[]
  styles: string[]
  subjects: string[]
  /** Known words behind a "no" or "without". */
  avoided: string[]
  wantsText: boolean
  /** How many words are none of these. */
  unknown: number
}

const SHAPE_WORDS: ReadonlySet<string> = new Set(
  [...KIND_WORDS, ...MOTIF_WORDS, ...DIRECTION_WORDS, ['sun', SUN_WORDS] as const].flatMap(
    ([, words]) => [...words],
  ),
)
const QUOTED = /"[^"]*"|“[^”]*”|«[^»]*»/g
const TOKEN = /#[0-9a-f]{6}\b|#[0-9a-f]{3}\b|[\p{L}\p{N}]+/gu

/** Sorts the words of a prompt. Nothing of it is kept that is not in our own word lists. */
export function readPrompt(prompt: string): PromptWords {
  const tokens = prompt.toLowerCase().replaceAll(QUOTED, ' ').match(TOKEN) ?? []
  const found: PromptWords = {
    colors: [],
    moods: [],
    shapes: [],
    styles: [],
    subjects: [],
    avoided: [],
    wantsText: prompt.search(QUOTED) >= 0,
    unknown: 0,
  }
  for (let at = 0; at < tokens.length;) at += readAt(tokens, at, found)
  return found
}

/** Files what stands at `at` and returns how many tokens that was. */
function readAt(tokens: readonly string[], at: number, found: PromptWords): number {
  const word = tokens[at] ?? ''
  const isAvoided = NEGATION_WORDS.has(tokens[at - 1] ?? '')
  const named = colorAt(tokens, at)
  if (named !== null) {
    const isBackground =
      tokens[at - 1] === 'on' || /^back(ground|drop)$/.test(tokens[at + named.length] ?? '')
    if (isAvoided) found.avoided.push(named.name)
    else found.colors.push({ name: named.name, color: named.color, isBackground })
    return named.length
  }
  const isMood = moodOf(word) !== null
  const isShape = SHAPE_WORDS.has(word)
  if (isAvoided && (isMood || isShape || STYLE_WORDS.has(word) || SUBJECT_WORDS.has(word)))
    found.avoided.push(word)
  else if (isMood || isShape) {
    if (isMood) found.moods.push(word)
    if (isShape) found.shapes.push(word)
  } else if (STYLE_WORDS.has(word)) found.styles.push(word)
  else if (SUBJECT_WORDS.has(word)) found.subjects.push(word)
  else if (!FILLER_WORDS.has(word) && !NEGATION_WORDS.has(word)) found.unknown += 1
  return 1
}

type ColorMatch = { name: string; color: Color; length: number }

/** The longest colour that begins here: "sky blue", "dark teal", "#ff8800". */
function colorAt(tokens: readonly string[], at: number): ColorMatch | null {
  for (const length of [3, 2, 1]) {
    const words = tokens.slice(at, at + length)
    if (words.length < length) continue
    const hex = colorHex(words.join(''))
    if (hex !== null) return { name: words.join(' '), color: fromHex(hex), length }
  }
  const change = MODIFIERS.get(tokens[at] ?? '')
  const base = change === undefined ? null : plainColorAt(tokens, at + 1)
  if (change === undefined || base === null) return null
  return {
    name: `${tokens[at]} ${base.name}`,
    color: shift(base.color, change),
    length: base.length + 1,
  }
}

function plainColorAt(tokens: readonly string[], at: number): ColorMatch | null {
  for (const length of [2, 1]) {
    const words = tokens.slice(at, at + length)
    const hex = words.length < length ? null : colorHex(words.join(''))
    if (hex !== null) return { name: words.join(' '), color: fromHex(hex), length }
  }
  return null
}
