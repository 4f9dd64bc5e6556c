import { fromHex, shift, type Color } from '../core/color.ts'
import { colorHex } from '../core/color-names.ts'
import { moodOf } from './palette.ts'
import {
  FILLER_WORDS,
  ICON_WORDS,
  isShapeWord,
  MODIFIERS,
  NEGATION_WORDS,
  OUTLINE_WORDS,
  STYLE_WORDS,
  SUBJECT_WORDS,
} from './vocabulary.ts'

/** A colour as the prompt names it. */
export type NamedColor = { name: string; color: Color; isBackground: boolean; isSky: boolean }

/** A prompt sorted into the words this provider knows; every list keeps the order of the prompt. */
export type PromptWords = {
  colors: NamedColor[]
  moods: string[]
  /** Words that choose a kind, a motif, a direction or a sun. */
  shapes: string[]
  styles: string[]
  /** Words for an icon, and for one in lines. */
  icons: string[]
  /** Things that draft art does not show. */
  subjects: string[]
  /** Colours wished for a thing whose drawing has its own. */
  painted: string[]
  /** Known words behind a "no" or "without". */
  avoided: string[]
  /** How many words are none of these. */
  unknown: number
}

const QUOTED = /"[^"]*"|“[^”]*”|«[^»]*»/g
const TOKEN = /#[0-9a-f]{6}\b|#[0-9a-f]{3}\b|[\p{L}\p{N}]+/gu

/** The words of a prompt, in small letters, without what is quoted. */
export function tokensOf(prompt: string): string[] {
  return prompt.toLowerCase().replaceAll(QUOTED, ' ').match(TOKEN) ?? []
}

/** What a prompt puts in quotation marks: text for the picture. */
export function quotedTexts(prompt: string): string[] {
  return (prompt.match(QUOTED) ?? [])
    .map((quote) => quote.slice(1, -1).replaceAll(/\s+/g, ' ').trim())
    .filter((quote) => quote !== '')
}

/**
 * Sorts the words of a prompt; those of the things that are drawn are left out. Nothing of it is kept
 * that is not in our own word lists.
 */
export function readPrompt(tokens: readonly string[], things: ReadonlySet<string>): PromptWords {
  const found: PromptWords = {
    colors: [],
    moods: [],
    shapes: [],
    styles: [],
    icons: [],
    subjects: [],
    painted: [],
    avoided: [],
    unknown: 0,
  }
  for (let at = 0; at < tokens.length;) at += readAt(tokens, at, { found, things })
  return found
}

/** Files what stands at `at` and returns how many tokens that was. */
function readAt(
  tokens: readonly string[],
  at: number,
  { found, things }: { found: PromptWords; things: ReadonlySet<string> },
): number {
  const word = tokens[at] ?? ''
  if (things.has(word)) return 1
  const isAvoided = NEGATION_WORDS.has(tokens[at - 1] ?? '')
  const named = colorAt(tokens, at)
  if (named !== null) {
    const isBackground =
      tokens[at - 1] === 'on' || /^back(ground|drop)$/.test(tokens[at + named.length] ?? '')
    if (isAvoided) found.avoided.push(named.name)
    else if (things.has(tokens[at + named.length] ?? '')) found.painted.push(named.name)
    else {
      const isSky = /^sk(y|ies)$/.test(tokens[at + named.length] ?? '')
      found.colors.push({ name: named.name, color: named.color, isBackground, isSky })
    }
    return named.length
  }
  const isMood = moodOf(word) !== null
  const isShape = isShapeWord(word)
  if (isAvoided && (isMood || isShape || STYLE_WORDS.has(word) || SUBJECT_WORDS.has(word)))
    found.avoided.push(word)
  else if (isMood || isShape) {
    if (isMood) found.moods.push(word)
    if (isShape) found.shapes.push(word)
  } else if (ICON_WORDS.has(word) || OUTLINE_WORDS.has(word)) found.icons.push(word)
  else if (STYLE_WORDS.has(word)) found.styles.push(word)
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
