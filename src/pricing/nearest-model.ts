import { lettersOf, nearestName } from '../nearest.ts'
import { truncate } from '../text.ts'

/** A name needs at least this many letters to stand for a whole id: "flux" could mean many. */
const LETTERS_MIN = 5

/**
 * Returns the known id that was probably meant: one that ends in the given name ("flux schnell" for
 * "fal-ai/flux/schnell"), or differs in one or two letters. Undefined if the id is known, or if none is close.
 */
export function nearestModel(id: string, ids: readonly string[]): string | undefined {
  if (ids.includes(id)) return undefined
  const letters = lettersOf(truncate(id, 200))
  const ending = ids.find((candidate) => lettersOf(candidate).endsWith(letters))
  return (letters.length >= LETTERS_MIN ? ending : undefined) ?? nearestName(id, ids)
}

/** Returns the nearest id as a question, `Did you mean "fal-ai/flux/schnell"? `, or an empty text. */
export function didYouMean(id: string, ids: Iterable<string>): string {
  const nearest = nearestModel(id, [...ids])
  return nearest === undefined ? '' : `Did you mean "${nearest}"? `
}
