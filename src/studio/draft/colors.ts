import { darkestFirst, distanceOf, fromHex, shift, type Color } from '../core/color.ts'
import { draftTone } from '../core/color-names.ts'
import type { Random } from '../core/random.ts'
import { leadingMood, moodOf, moodPalette, shadesOf } from './palette.ts'
import type { NamedColor, PromptWords } from './read-prompt.ts'
import type { Kind } from './vocabulary.ts'

/** The colours of a draft. */
export type Colors = {
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
  /** The colour of text, where the prompt names one. */
  ink: Color | null
  /** Colours for a few lines only. */
  accents: Color[]
  isDark: boolean
}

/** Kinds that show one thing on a ground. */
const OBJECTS: ReadonlySet<Kind> = new Set([
  'icon',
  'monogram',
  'picture',
  'placeholder',
  'wordmark',
])
/** Kinds that have room for accents. */
const WITH_ACCENTS: ReadonlySet<Kind> = new Set(['gradient', 'mesh', 'solid'])
const SURROUNDS = { dark: fromHex('14171f'), light: fromHex('f5f6f8') }
/** Grounds of which only the lightness is told, and grounds for accents. */
const PLAIN = { dark: '0b1020 141d38 243156', light: 'dfe5f0 eef1f7 fbfcfe' }

/** Chooses the colours: those of the prompt, or of its mood; where it leaves them open, the seed does. */
export function chooseColors(words: PromptWords, kind: Kind, random: Random): Colors {
  const isObject = OBJECTS.has(kind)
  const isDark = words.moods.some((word) => moodOf(word)?.isDark === true)
  const tones = tonesByRole(words, kind)
  const isOnlyDark = words.moods.includes('dark') && isPlainMood(words.moods)
  const surround = words.surround ?? (isOnlyDark && words.colors.length === 0 ? 'dark' : null)
  const behind = tones.background ?? (isObject && surround !== null ? SURROUNDS[surround] : null)
  const named = isObject || tones.front.length > 0 || behind === null ? tones.front : [behind]
  const { sky, accents } = tones
  const ink = tones.text
  if (named.length === 0) {
    const mood = leadingMood(words.moods)
    const isPlain =
      accents.length > 0 ||
      (!isObject && kind !== 'texture' && surround !== null && isPlainMood(words.moods))
    const plain = isPlain ? PLAIN[surround ?? 'dark'].split(' ').map(fromHex) : null
    return {
      palette: plain ?? moodPalette(mood, random),
      background: behind,
      ink,
      sky,
      accents,
      isDark,
      isNamed: false,
      isWished: plain !== null || (mood !== null && surround === null),
    }
  }
  // With a colour for the background too, both are meant as they are.
  const isNamed =
    (named.length > 1 && areApart(named)) || (tones.front.length > 0 && behind !== null)
  const shades = isNamed ? named : named.slice(0, 1).flatMap(shadesOf)
  const darker = (color: Color) => shift(color, { lighter: -0.12 })
  const darkGround = isNamed && isDark && kind === 'tiles' ? (darkestFirst(named)[0] ?? null) : null
  return {
    palette: isDark && !isNamed && !isObject ? darkestFirst(shades).map(darker) : shades,
    background: isObject || tones.front.length > 0 ? (behind ?? darkGround) : null,
    ink,
    sky,
    accents,
    isDark,
    isNamed,
    isWished: true,
  }
}

type Tones = {
  front: Color[]
  background: Color | null
  text: Color | null
  sky: Color | null
  accents: Color[]
}

/** The tones of the named colours; a role that this picture has no part for counts as the front. */
function tonesByRole({ colors }: PromptWords, kind: Kind): Tones {
  const roleOf = ({ role }: NamedColor) => {
    if (role === 'sky') return colors.length > 1 ? role : 'front'
    return role === 'accent' && !WITH_ACCENTS.has(kind) ? 'front' : role
  }
  const ofRole = (role: NamedColor['role']) =>
    colors.filter((entry) => roleOf(entry) === role).map((entry) => toneOf(entry, kind))
  return {
    front: ofRole('front'),
    background: ofRole('background')[0] ?? null,
    text: ofRole('text')[0] ?? null,
    sky: ofRole('sky')[0] ?? null,
    accents: ofRole('accent'),
  }
}

/** Whether "dark" or "light" is the whole mood, and no scene of the night and no neon. */
function isPlainMood(moods: readonly string[]): boolean {
  return /^(?:dark|light)$/.test(leadingMood(moods) ?? '')
}

/** Whether colours differ enough to be more than one: "emerald green" is not. */
function areApart([first, ...others]: readonly Color[]): boolean {
  return others.some((other) => first !== undefined && distanceOf(first, other) > 0.14)
}

/** One flat colour is meant to the letter; elsewhere a plain word such as "blue" means a good blue. */
function toneOf({ name, color }: NamedColor, kind: Kind): Color {
  return kind === 'solid' ? color : (draftTone(name) ?? color)
}
