import { performance } from 'node:perf_hooks'

/** Reads something, or returns what was read a moment ago. `name` tells one reading from another. */
export type Keep = <T>(name: string, factor: number, read: () => Promise<T>) => Promise<T>

/** What changes with every call is kept for so many times as long as it took to read; what is over for longer. */
export const OF_TODAY = 100
export const OF_THE_PAST = 10_000

/** Readings that are kept at most: the days of a report, and a few others. */
const KEPT_MAX = 100

type Kept = { value: Promise<unknown>; until: number }

/**
 * Keeps what is read of all accounts for a while: `factor` times as long as reading it took, so that a page that many
 * people load never costs more than a share of the time. What is read fast is practically always read anew. A reading
 * that fails is not kept, and two requests at a time share one.
 */
export function createKeep(): Keep {
  const kept = new Map<string, Kept>()
  return async <T>(name: string, factor: number, read: () => Promise<T>): Promise<T> => {
    const known = kept.get(name)
    if (known !== undefined && performance.now() < known.until) return (await known.value) as T
    const begun = performance.now()
    const entry: Kept = { value: read(), until: Number.POSITIVE_INFINITY }
    kept.delete(name)
    kept.set(name, entry)
    if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value ?? '')
    try {
      const value = (await entry.value) as T
      const now = performance.now()
      entry.until = now + Math.max(1, now - begun) * factor
      return value
    } catch (error) {
      if (kept.get(name) === entry) kept.delete(name)
      throw error
    }
  }
}
