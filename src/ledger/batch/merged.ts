/** One row for each key: the sum of all rows with that key. */
export function merged<T>(
  rows: readonly T[],
  keyOf: (row: T) => string,
  add: (sum: T, row: T) => T,
): T[] {
  const sums = new Map<string, T>()
  for (const row of rows) {
    const key = keyOf(row)
    const sum = sums.get(key)
    sums.set(key, sum === undefined ? row : add(sum, row))
  }
  return [...sums.values()]
}
