import { AppError } from '../../errors.ts'
import { colorHex } from '../core/color-names.ts'
import type { Rgb, Step } from './steps.ts'

/** One operation of the edit language: `pattern` matches a whole clause, `read` is null where a part makes no sense. */
export type Operation = {
  /** How to ask for it, in the words of the refusal. */
  usage: string
  pattern: RegExp
  /** Throws `invalid_input` on a number out of bounds. */
  read: (groups: Partial<Record<string, string>>, quotedTexts: readonly string[]) => Step | null
}

/** Sources of regular expressions: a number, the unit pixels, a colour by name or hex notation. */
export const NUMBER = '\\d+(?:\\.\\d+)?'
export const PIXELS = '(?: ?(?:px|pixels?))'
export const COLOR = '(?<color>#[0-9a-f]{3,6}|[a-z]+(?: [a-z]+){0,2})'

/** Returns a pattern that matches a whole clause: nothing may stand before or after. */
export function clause(source: string): RegExp {
  return new RegExp(`^(?:${source})$`)
}

/** Returns the colour of a name or hex notation; null where the text is neither. */
export function rgbOf(color = ''): Rgb | null {
  const hex = colorHex(color)
  if (hex === null) return null
  const value = Number.parseInt(hex.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

/** Ways to name the whole picture, as the source of a regular expression. */
export const IT =
  '(?:it|this|everything|(?:the|this|my|that) (?:whole |entire )?(?:image|picture|photo|pic)|image|picture|photo)'

/** Amounts in words, as the source of a regular expression. */
export const AMOUNT =
  '(?:slightly|a bit|a little(?: bit)?|somewhat|much|a lot|very|strongly|heavily|way|far|lots)'

/** Returns the factor that an amount in words stands for (0.45 or 2.2); 1 without one. */
export function strengthOf(amount: string | undefined): number {
  if (amount === undefined) return 1
  return /^(?:slightly|a bit|a little|somewhat)/.test(amount) ? 0.45 : 2.2
}

/** Throws `invalid_input` unless the number lies within the bounds, both included. */
export function assertBetween(
  what: string,
  value: number,
  [least, most]: readonly [number, number],
): void {
  if (value >= least && value <= most) return
  throw new AppError('invalid_input', `${what} of ${value} is outside ${least} to ${most}.`, {
    hint: `Use a number from ${least} to ${most}.`,
  })
}
