import { truncate } from './text.ts'

/**
 * Returns the known word that is most similar to `word`, the first of several equally similar ones. Counts letters
 * added, left out, replaced or swapped: at most `maxEdits`, and at most two fifths of the longer word. For "did you mean …?".
 */
export function nearest<T extends string>(
  word: string,
  known: readonly T[],
  maxEdits = Infinity,
): T | undefined {
  const near = known
    .map((candidate) => ({ candidate, edits: edits(word, candidate) }))
    .filter((one) => one.edits <= maxEdits)
    .filter((one) => one.edits * 5 <= Math.max(word.length, one.candidate.length) * 2)
  return near.toSorted((a, b) => a.edits - b.edits)[0]?.candidate
}

/** Only this many characters of a name are compared. */
const NAME_MAX = 100

/**
 * Returns the known name that was probably meant: it differs only in case and punctuation, or in at most two
 * letters (one in a name of fewer than 5 letters). Undefined if none is that close.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const letters = lettersOf(truncate(name, NAME_MAX))
  const byLetters = new Map(known.map((one) => [lettersOf(one), one]))
  const near = nearest(letters, [...byLetters.keys()], letters.length < 5 ? 1 : 2)
  return near === undefined ? undefined : byLetters.get(near)
}

/** Returns the letters and digits of a name, in lower case. */
export function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')
}

/** Optimal string alignment distance: the fewest letters to add, leave out, replace, or swap with their neighbour. */
function edits(from: string, to: string): number {
  let [twoAbove, above]: number[][] = [[], Array.from({ length: to.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= to.length; j += 1) {
      const at = (line: number[] | undefined, column: number): number => line?.[column] ?? Infinity
      const isSame = from[i - 1] === to[j - 1]
      const isSwap = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      row[j] = Math.min(
        at(above, j) + 1,
        at(row, j - 1) + 1,
        at(above, j - 1) + (isSame ? 0 : 1),
        isSwap ? at(twoAbove, j - 2) + 1 : Infinity,
      )
    }
    ;[twoAbove, above] = [above, row]
  }
  return above?.[to.length] ?? Infinity
}
