import { createRandom, seedOf } from '../core/random.ts'
import { chooseColors, type Colors } from './colors.ts'
import type { Icons } from './icons.ts'
import { readPhrases } from './phrases.ts'
import { purposeOf, type Purpose } from './purpose.ts'
import { readPrompt, tokensOf, type PromptWords } from './read-prompt.ts'
import { sayings, type Sayings } from './sayings.ts'
import { chooseShape, firstOf, STAGES, type Shape } from './shape.ts'
import { findSubjects, type Subject } from './subjects.ts'
import { initialsOf, labelOf, readWording, type Wording } from './texts.ts'
import { readTransparency } from './transparency.ts'
import { KIND_WORDS, LOOSE_WORDS, MOTIF_WORDS, OUTLINE_WORDS, PERSON_WORDS } from './vocabulary.ts'

/** Everything that decides the pixels of a draft, and what the caller is told about it. */
export type Plan = Shape &
  Colors &
  Sayings & {
    /** Things to draw, at most three. */
    subjects: Subject[]
    /** Text to set, the first of them large. */
    texts: string[]
    /** The letters of a monogram. */
    initials: string | null
    /** What a placeholder says. */
    label: string | null
    seed: number
  }

type PlanRequest = {
  prompt: string
  seed?: number | undefined
  negativePrompt?: string | undefined
}

/** A prompt taken apart, before anything is chosen. */
type Reading = { wording: Wording; tokens: string[]; purpose: Purpose }

/** The words of a prompt that are not meant as letters in the picture, and what it is for. */
export function readDraft(prompt: string): Reading {
  const wording = readWording(prompt)
  const { rest, isTransparent } = readTransparency(wording.rest)
  const tokens = tokensOf(readPhrases(rest))
  const purpose = purposeOf(tokens, isTransparent)
  // Letters on their own are a mark.
  return {
    wording,
    tokens,
    purpose: { ...purpose, isIcon: purpose.isIcon || wording.initials !== null },
  }
}

/**
 * Reads a prompt into a plan. The same prompt and seed give the same plan. Without `icons` no things
 * are found in it.
 */
export function planDraft(
  { prompt, seed = seedOf(prompt), negativePrompt }: PlanRequest,
  icons: Icons | null = null,
): Plan {
  const { wording, tokens, purpose } = readDraft(prompt)
  const found = icons === null ? [] : subjectsOf(tokens, icons, purpose)
  const named = found.flatMap(({ words: own }) => own.split(' '))
  const words = readPrompt(tokens, new Set([...named, ...purpose.materialWords]))
  const random = createRandom(seed)
  const letters = lettersOf({ wording, tokens, purpose }, words)
  const shape = chooseShape(
    words,
    {
      tokens,
      subjects: found,
      purpose,
      hasInitials: letters.initials !== null,
      isMonogram: letters.isWished,
      hasTexts: letters.texts.length > 0,
    },
    random,
  )
  const colors = chooseColors(words, shape.kind, random)
  const isMark = shape.kind === 'monogram'
  const isEmpty = isMark && letters.initials === null && icons !== null
  const subjects = isEmpty
    ? signOf(icons)
    : isMark
      ? []
      : colored(found, words, colors, shape.isTransparent)
  const drawn = shape.kind === 'monogram' && isEmpty ? ({ ...shape, kind: 'icon' } as const) : shape
  const isLabelled = shape.kind === 'placeholder' && !words.shapes.includes('placeholder')
  const plan = {
    ...drawn,
    ...colors,
    subjects,
    texts: letters.texts,
    initials: isMark ? letters.initials : null,
    label: isLabelled && !(purpose.isAvatar && words.unknown === 0) ? labelOf(prompt) : null,
    seed,
  }
  return { ...plan, ...sayings({ plan, words, wording, purpose, found, negativePrompt }) }
}

/** The things to draw; a scene or a pattern of its own has none, unless they can float in it. */
function subjectsOf(tokens: readonly string[], icons: Icons, purpose: Purpose): Subject[] {
  // A brick is no texture of bricks.
  if (purpose.material !== null || tokens.includes('texture')) return []
  const isIcon = purpose.isIcon || purpose.isAvatar
  const isDrawing = isIcon || purpose.isIllustration
  const isOutline = isDrawing && tokens.some((token) => OUTLINE_WORDS.has(token))
  const withLines = isDrawing || tokens.includes('about')
  const subjects = findSubjects(tokens, icons, { isIcon, isOutline, withLines })
  if (purpose.isAvatar) {
    const isSomebody = ({ words: own }: Subject) => !PERSON_WORDS.has(own)
    return subjects
      .toSorted((one, two) => Number(isSomebody(two)) - Number(isSomebody(one)))
      .slice(0, 1)
  }
  if (isIcon) return subjects
  if (subjects.length === 0) return subjects
  const hasMotif = firstOf(MOTIF_WORDS, tokens) !== null
  const kind = firstOf(
    KIND_WORDS,
    tokens.filter((token) => !LOOSE_WORDS.has(token)),
  )
  const isOpen = kind === null || STAGES.has(kind) || (kind === 'tiles' && !hasMotif)
  return isOpen ? subjects : []
}

type Letters = { texts: string[]; initials: string | null; isWished: boolean }

/** Which letters a picture shows: as text, or as the monogram of an icon, a logo or an avatar. */
function lettersOf({ wording, tokens, purpose }: Reading, words: PromptWords): Letters {
  const { initials, name } = wording
  const isLost = purpose.isIllustration && wording.texts.length === 0 && tokens.includes('404')
  const texts = isLost ? ['404'] : wording.texts
  const [first = '', ...others] = texts
  if (!purpose.isIcon && !purpose.isAvatar) return { texts, initials: null, isWished: false }
  if (first !== '' && Array.from(first).length <= 3)
    return { texts: others, initials: first, isWished: true }
  const named = name ?? (first === '' ? null : first)
  if (purpose.isAvatar && initials === null && first !== '')
    return { texts: [], initials: initialsOf(first), isWished: true }
  const below = purpose.isLogo && name !== null ? [name, ...texts] : texts
  const own = named === null ? words.unknownInitial : initialsOf(named)
  return { texts: below, initials: initials ?? own, isWished: initials !== null }
}

/** Gives things the colours that the prompt binds to them; "white on blue" is a white thing. */
function colored(
  found: readonly Subject[],
  { bound, colors }: PromptWords,
  { palette, background, isWished }: Colors,
  isTransparent: boolean,
): Subject[] {
  const hasFront = colors.some(({ role }) => role === 'front')
  const isOnGround = background !== null || isTransparent
  const front = hasFront && isOnGround && isWished ? (palette[0] ?? null) : null
  return found.map((subject, index) => {
    const own = bound.findLast(({ thing }) => subject.words.split(' ').includes(thing))
    return { ...subject, color: own?.color ?? (index === 0 ? front : null) }
  })
}

/** What an icon shows where the prompt names neither a thing nor a letter. */
function signOf(icons: Icons): Subject[] {
  const icon = icons.outline('shapes')
  return icon === null ? [] : [{ words: '', icon, glyph: icon, color: null }]
}
