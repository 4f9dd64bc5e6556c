/** Most of a word that is compared, in characters. */
const WORD_MAX = 100

/** A text of at most `max` characters: a longer one is cut between two of them and ends in "…". */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text
  const characters = Array.from(text.slice(0, 2 * max + 2)) // none takes more than two units
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`
}

/** Every text in a value of JSON made well-formed Unicode: half a character becomes U+FFFD. */
export function wellFormed<T>(value: T): T {
  return deepWellFormed(value) as T
}

function deepWellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(deepWellFormed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, deepWellFormed(part)]))
}

/**
 * The candidate that a word was probably meant to be: the same but for case, `_`, `-` and the like, or else
 * the nearest at most two slips away (one in a short word). Undefined where none is that close.
 */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = lettersOf(truncate(word, WORD_MAX))
  const most = wanted.length < 5 ? 1 : 2
  return candidates
    .map((candidate) => ({ candidate, slips: slipsBetween(wanted, lettersOf(candidate)) }))
    .filter(({ slips }) => slips <= most && slips < wanted.length)
    .toSorted((a, b) => a.slips - b.slips)[0]?.candidate
}

/** The letters and digits of a word, in lower case. */
export function lettersOf(word: string): string {
  return word.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
}

/** Characters to add, drop or change to make one word another (Levenshtein's distance). */
function slipsBetween(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (const [row, letter] of Array.from(from).entries()) {
    const below = [row + 1]
    for (let at = 1; at <= to.length; at += 1) {
      const changed = (above[at - 1] ?? 0) + (to[at - 1] === letter ? 0 : 1)
      below.push(Math.min(changed, (above[at] ?? 0) + 1, (below[at - 1] ?? 0) + 1))
    }
    above = below
  }
  return above.at(-1) ?? 0
}
