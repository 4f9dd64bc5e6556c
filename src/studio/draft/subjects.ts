import { colorHex } from '../core/color-names.ts'
import type { Icon, Icons } from './icons.ts'
import { moodOf } from './palette.ts'
import {
  FILLER_WORDS,
  ICON_WORDS,
  isShapeWord,
  LOOSE_WORDS,
  OUTLINE_WORDS,
  STYLE_WORDS,
} from './vocabulary.ts'

/** A thing that a prompt names and that can be drawn. */
export type Subject = { words: string; icon: Icon }

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
const NEVER = [STYLE_WORDS, ICON_WORDS, OUTLINE_WORDS]

type Wish = { isIcon: boolean; isOutline: boolean }

/** Whether a prompt has words that may name things: those are worth loading drawings for. */
export function namesThings(tokens: readonly string[]): boolean {
  const isIcon = tokens.some((token) => ICON_WORDS.has(token))
  return tokens.some((token) => !isTaken(token, { isIcon, withColors: isIcon }))
}

/** The drawable things of a prompt, in its order; each once. */
export function findSubjects(tokens: readonly string[], icons: Icons, wish: Wish): Subject[] {
  const found = search(tokens, icons, wish, false)
  // Only where nothing else is named is a colour a fruit or a flower.
  return found.length > 0 || !wish.isIcon ? found : search(tokens, icons, wish, true)
}

function search(
  tokens: readonly string[],
  icons: Icons,
  { isIcon, isOutline }: Wish,
  withColors: boolean,
): Subject[] {
  const needsArticle = !isIcon && tokens.some((token) => LOOSE_WORDS.has(token))
  const subjects: Subject[] = []
  for (let at = 0; at < tokens.length; at += 1) {
    for (const length of [3, 2, 1]) {
      const part = tokens.slice(at, at + length)
      if (part.length < length) continue
      if (length === 1 && isTaken(part[0] ?? '', { isIcon, withColors })) continue
      if (needsArticle && !tokens.slice(Math.max(0, at - 3), at).some((word) => ARTICLES.has(word)))
        continue
      if (part.some((word) => NEVER.some((list) => list.has(word)))) continue
      const icon = isOutline ? icons.outline(part.join('-')) : icons.picture(part.join('-'))
      if (icon === null) continue
      const known = subjects.find((other) => other.icon.name === icon.name)
      if (known === undefined) subjects.push({ words: part.join(' '), icon })
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
  if (FILLER_WORDS.has(word) || NEVER.some((list) => list.has(word))) return true
  if (!withColors && colorHex(word) !== null) return true
  return !isIcon && (moodOf(word) !== null || isShapeWord(word))
}
