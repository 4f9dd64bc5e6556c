import { colorHex } from '../core/color-names.ts'
import type { Color } from '../core/color.ts'
import type { Icon, Icons } from './icons.ts'
import { moodOf } from './palette.ts'
import {
  AVATAR_WORDS,
  FILLER_WORDS,
  ICON_WORDS,
  ILLUSTRATION_WORDS,
  isShapeWord,
  LOOSE_WORDS,
  OUTLINE_WORDS,
  SIGNS,
  STYLE_WORDS,
} from './vocabulary.ts'

/** A thing that a prompt names and that can be drawn. */
export type Subject = {
  words: string
  icon: Icon
  /** The same thing in lines, where there is such a drawing. */
  glyph: Icon | null
  /** The colour that the prompt gives to it. */
  color: Color | null
}

/** Most things in one picture. */
const SUBJECTS_MAX = 3
/** Words before a thing that show it is meant as one, beside a background. */
const ARTICLES = new Set([
  'a',
  'an',
  'the',
  'of',
  'one',
  'two',
  'three',
  'with',
  'cute',
  'little',
  'big',
])

/** Words that never name a thing. */
const NEVER = [STYLE_WORDS, ICON_WORDS, OUTLINE_WORDS, AVATAR_WORDS, ILLUSTRATION_WORDS]

/** What kind of picture the things are for. */
export type Wish = {
  isIcon: boolean
  isOutline: boolean
  /** Whether a drawing in lines is better than none. */
  withLines: boolean
}

/** Whether a prompt has words that may name things: those are worth loading drawings for. */
export function namesThings(tokens: readonly string[]): boolean {
  const isIcon = tokens.some((token) => ICON_WORDS.has(token) || AVATAR_WORDS.has(token))
  return tokens.some((token) => !isTaken(token, { isIcon, withColors: isIcon }))
}

/** The drawable things of a prompt, in its order; each once. */
export function findSubjects(tokens: readonly string[], icons: Icons, wish: Wish): Subject[] {
  const found = search(tokens, icons, wish, {})
  if (found.length > 0 || !(wish.isIcon || wish.withLines)) return found
  const lines = wish.withLines ? search(tokens, icons, wish, { inLines: true }) : []
  // Only where nothing else is named is a colour a fruit or a flower.
  return lines.length > 0 || !wish.isIcon
    ? lines
    : search(tokens, icons, wish, { withColors: true })
}

type Search = { inLines?: boolean; withColors?: boolean }

function search(
  tokens: readonly string[],
  icons: Icons,
  { isIcon, isOutline, withLines }: Wish,
  { inLines = false, withColors = false }: Search,
): Subject[] {
  const needsArticle = !isIcon && !withLines && tokens.some((token) => LOOSE_WORDS.has(token))
  const subjects: Subject[] = []
  const find = (part: readonly string[]): Icon | null => {
    const name = part.join('-')
    const glyph = icons.outline(name)
    if (isOutline && glyph !== null) return glyph
    return icons.picture(name) ?? (inLines || (withLines && part.length > 1) ? glyph : null)
  }
  for (let at = 0; at < tokens.length; at += 1) {
    for (const length of [3, 2, 1]) {
      const part = tokens.slice(at, at + length)
      const [first = ''] = part
      if (part.length < length) continue
      if (length === 1 && isTaken(first, { isIcon, withColors })) continue
      if (length === 1 && inLines && moodOf(first) !== null) continue
      if (needsArticle && !tokens.slice(Math.max(0, at - 3), at).some((word) => ARTICLES.has(word)))
        continue
      if (part.some((word) => NEVER.some((list) => list.has(word)))) continue
      const icon = find(part)
      if (icon === null) continue
      const known = subjects.find((other) => other.icon.name === icon.name)
      if (known === undefined)
        subjects.push({
          words: part.join(' '),
          icon,
          glyph: icons.outline(part.join('-')),
          color: null,
        })
      else known.words += ` ${part.join(' ')}`
      at += length - 1
      break
    }
  }
  return subjects.slice(0, SUBJECTS_MAX)
}

/** Whether a word means something else already: a colour, a mood, a kind of picture. */
function isTaken(
  word: string,
  { isIcon, withColors }: { isIcon: boolean; withColors: boolean },
): boolean {
  if (FILLER_WORDS.has(word) || SIGNS.has(word) || NEVER.some((list) => list.has(word))) return true
  if (!withColors && colorHex(word) !== null) return true
  return !isIcon && (moodOf(word) !== null || isShapeWord(word))
}
