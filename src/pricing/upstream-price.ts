import type { UnitPrice } from './compare.ts'

/** How long fal's price of an endpoint is taken to stand, in milliseconds. */
const KEPT_MS = 3_600_000

/** Most endpoints whose prices are kept: ids come from callers. */
const KEPT_MAX = 1_000

type Kept = { price: Promise<UnitPrice | undefined>; until: number }

/**
 * What fal asks for a unit of an endpoint, asked once an hour. Undefined where it names no price, and without a key.
 * Throws what asking throws; a failure is not kept.
 */
export function createPriceOf(
  ask: (endpoints: readonly string[]) => Promise<ReadonlyMap<string, UnitPrice> | null>,
  now: () => number,
): (endpoint: string) => Promise<UnitPrice | undefined> {
  const kept = new Map<string, Kept>()
  return async (endpoint) => {
    const known = kept.get(endpoint)
    if (known !== undefined && known.until > now()) return await known.price
    if (kept.size >= KEPT_MAX) kept.clear()
    const price = ask([endpoint]).then((prices) => prices?.get(endpoint))
    kept.set(endpoint, { price, until: now() + KEPT_MS })
    price.catch(() => kept.delete(endpoint))
    return await price
  }
}
