import { fromHex, shift, type Color } from '../core/color.ts'
import { colorHex, draftTone } from '../core/color-names.ts'
import { moodOf } from './palette.ts'
import {
  AVATAR_WORDS,
  FILLER_WORDS,
  ICON_WORDS,
  ILLUSTRATION_WORDS,
  isShapeWord,
  MODIFIERS,
  NEGATION_WORDS,
  OUTLINE_WORDS,
  SIGNS,
  STYLE_WORDS,
  SUBJECT_WORDS,
  TOPIC_WORDS,
} from './vocabulary.ts'

/** What a colour of a prompt is for. */
type Role = 'front' | 'background' | 'sky' | 'accent' | 'text'

/** A colour as the prompt names it. */
export type NamedColor = { name: string; color: Color; role: Role }

/** A prompt sorted into the words this provider knows; every list keeps the order of the prompt. */
export type PromptWords = {
  colors: NamedColor[]
  /** Colours of things that are drawn. */
  bound: { name: string; color: Color; thing: string }[]
  /** Colours of things that are not drawn. */
  lost: string[]
  /** A ground that is only said to be dark or light. */
  surround: 'dark' | 'light' | null
  moods: string[]
  /** Words that choose a kind, a motif, a direction or a sun. */
  shapes: string[]
  styles: string[]
  /** Words for an icon, an avatar or an illustration, and for one in lines. */
  icons: string[]
  /** Things that draft art does not show. */
  subjects: string[]
  /** Known words behind a "no" or "without". */
  avoided: string[]
  /** How many words are none of these, and the first letter of what they name. */
  unknown: number
  unknownInitial: string | null
  /** Whether that letter is of what the picture is about: "an icon for synergy". */
  isTopic: boolean
}

const TOKEN = /#[0-9a-f]{6}\b|#[0-9a-f]{3}\b|[\p{L}\p{N}]+|[,;.]/gu

/** The words of a prompt, in small letters, and the signs between its parts. */
export function tokensOf(prompt: string): string[] {
  return prompt.toLowerCase().match(TOKEN) ?? []
}

/**
 * Sorts the words of a prompt; those of the things that are drawn are left out. Nothing of it is kept
 * that is not in our own word lists, but for one letter.
 */
export function readPrompt(tokens: readonly string[], things: ReadonlySet<string>): PromptWords {
  const found: PromptWords = {
    colors: [],
    bound: [],
    lost: [],
    surround: null,
    moods: [],
    shapes: [],
    styles: [],
    icons: [],
    subjects: [],
    avoided: [],
    unknown: 0,
    unknownInitial: null,
    isTopic: false,
  }
  for (let at = 0; at < tokens.length;) at += readAt(tokens, at, { found, things })
  return found
}

type Reading = { found: PromptWords; things: ReadonlySet<string> }

/** Files what stands at `at` and returns how many tokens that was. */
function readAt(tokens: readonly string[], at: number, { found, things }: Reading): number {
  const word = tokens[at] ?? ''
  if (things.has(word)) return 1
  const isAvoided = NEGATION_WORDS.has(tokens[at - 1] ?? '')
  const named = colorAt(tokens, at)
  if (named !== null) {
    if (isAvoided) found.avoided.push(named.name)
    else fileColor(tokens, at, { named, found, things })
    return named.length
  }
  if ((word === 'dark' || word === 'light') && tokens[at - 1] === 'on') {
    found.surround = word
    found.moods.push(word)
    return 1
  }
  const isMood = moodOf(word) !== null
  const isShape = isShapeWord(word)
  if (isAvoided && (isMood || isShape || STYLE_WORDS.has(word) || SUBJECT_WORDS.has(word)))
    found.avoided.push(word)
  else if (KIND_OF_ICON.some((list) => list.has(word))) found.icons.push(word)
  else if (isMood || isShape) {
    if (isMood) found.moods.push(word)
    if (isShape) found.shapes.push(word)
  } else if (STYLE_WORDS.has(word)) found.styles.push(word)
  else if (SUBJECT_WORDS.has(word)) found.subjects.push(word)
  else if (!NO_WISH.some((list) => list.has(word))) fileUnknown(tokens, at, found)
  return 1
}

const KIND_OF_ICON = [ICON_WORDS, OUTLINE_WORDS, AVATAR_WORDS, ILLUSTRATION_WORDS]
const NO_WISH = [FILLER_WORDS, NEGATION_WORDS, SIGNS]

/** What a colour belongs to: the thing right behind it, the ground, the sky, the accents, or all of the picture. */
function fileColor(
  tokens: readonly string[],
  at: number,
  { named, found, things }: Reading & { named: ColorMatch },
): void {
  const { name, color, length } = named
  const next = tokens[at + length] ?? ''
  const over = tokens[at + length + 1] ?? ''
  const isDescribed = STYLE_WORDS.has(next) || SIZE_WORDS.has(next)
  const thing = things.has(next) ? next : isDescribed && things.has(over) ? over : null
  if (thing === null && isOfUnknown(tokens, at, length, things)) {
    found.lost.push(name)
    return
  }
  if (thing !== null) found.bound.push({ name, color: draftTone(name) ?? color, thing })
  else found.colors.push({ name, color, role: roleOf(tokens[at - 1], next) })
}

/** "A red dot", beside a thing that is drawn: no colour for all of the picture. */
function isOfUnknown(
  tokens: readonly string[],
  at: number,
  length: number,
  things: ReadonlySet<string>,
): boolean {
  const next = tokens[at + length] ?? ','
  const over = tokens[at + length + 1] ?? ','
  const isKnown =
    moodOf(next) !== null ||
    isShapeWord(next) ||
    [...NO_WISH, ...KIND_OF_ICON, STYLE_WORDS].some((list) => list.has(next))
  const isPart = /^(?:an?|the|with)$/.test(tokens[at - 1] ?? '')
  return things.size > 0 && isPart && !isKnown && (SIGNS.has(over) || over === 'on')
}

const SIZE_WORDS = new Set(['big', 'small', 'little', 'tiny', 'large', 'cute', 'simple', 'round'])

function roleOf(before: string | undefined, next: string): Role {
  if (before === 'on' || /^back(?:ground|drop)$/.test(next)) return 'background'
  if (/^sk(?:y|ies)$/.test(next)) return 'sky'
  if (/^(?:text|letters|lettering|headline|title|font|typography|type)$/.test(next)) return 'text'
  return /^(?:accent|accents|accented|details?|highlights?|touches)$/.test(next)
    ? 'accent'
    : 'front'
}

/** Of unknown words only their number is kept, and the letter that a monogram may show. */
function fileUnknown(tokens: readonly string[], at: number, found: PromptWords): void {
  const initial = Array.from(tokens[at] ?? '')[0]?.toUpperCase() ?? null
  const isTopic = tokens.slice(Math.max(0, at - 2), at).some((word) => TOPIC_WORDS.has(word))
  if (found.unknown === 0 || (isTopic && !found.isTopic)) found.unknownInitial = initial
  found.isTopic ||= isTopic
  found.unknown += 1
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
