import {
  AVATAR_WORDS,
  BACKDROP_WORDS,
  ICON_WORDS,
  ILLUSTRATION_WORDS,
  LOGO_WORDS,
} from './vocabulary.ts'
import { MATERIAL_WORDS, SURFACE_WORDS, type Material } from './materials.ts'

/** What a picture is for, whatever it shows. */
export type Purpose = {
  isIcon: boolean
  /** A mark without a tile, which may have a name below. */
  isLogo: boolean
  isAvatar: boolean
  isIllustration: boolean
  /** Something stands before it: a page, a headline. */
  isBackdrop: boolean
  isRound: boolean
  isTransparent: boolean
  /** The material of a surface, and the words that say so. */
  material: Material | null
  materialWords: string[]
}

/** Tells what a picture is for. */
export function purposeOf(tokens: readonly string[], isTransparent: boolean): Purpose {
  const has = (list: ReadonlySet<string>) => tokens.some((token) => list.has(token))
  const isIcon = has(ICON_WORDS)
  const isSurface = has(SURFACE_WORDS) && !isIcon && !has(AVATAR_WORDS) && !has(ILLUSTRATION_WORDS)
  const material = isSurface
    ? MATERIAL_WORDS.find(([, words]) => tokens.some((token) => words.has(token)))
    : undefined
  const [name = null, words = new Set<string>()] = material ?? []
  return {
    isIcon,
    isLogo: has(LOGO_WORDS),
    isAvatar: has(AVATAR_WORDS),
    isIllustration: has(ILLUSTRATION_WORDS),
    isBackdrop: has(BACKDROP_WORDS),
    isRound: has(ROUND_WORDS),
    isTransparent,
    material: name,
    materialWords: tokens.filter((token) => words.has(token)),
  }
}

const ROUND_WORDS = new Set(['round', 'circle', 'circular', 'rounded-full'])
