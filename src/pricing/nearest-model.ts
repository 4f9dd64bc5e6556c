import { lettersOf, nearestName } from '../nearest.ts'
import { truncate } from '../text.ts'

/** Least letters of a name that may stand for a whole id: "flux" could be many. */
const LETTERS_MIN = 5

/**
 * The id that another was probably meant to be: one that ends in it ("flux schnell" for
 * "fal-ai/flux/schnell"), or is a slip or two away. Undefined where it is one of them, or near none.
 */
export function nearestModel(id: string, ids: readonly string[]): string | undefined {
  if (ids.includes(id)) return undefined
  const letters = lettersOf(truncate(id, 200))
  const ending = ids.find((each) => lettersOf(each).endsWith(letters))
  return (letters.length >= LETTERS_MIN ? ending : undefined) ?? nearestName(id, ids)
}

/** The nearest id as a question: `Did you mean "fal-ai/flux/schnell"? `, or nothing. */
export function didYouMean(id: string, ids: Iterable<string>): string {
  const nearest = nearestModel(id, [...ids])
  return nearest === undefined ? '' : `Did you mean "${nearest}"? `
}
