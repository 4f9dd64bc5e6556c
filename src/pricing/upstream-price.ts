import type { UnitPrice } from './compare.ts'

/** How long fal's price of an endpoint is cached, in milliseconds. */
const CACHE_MS = 3_600_000

/** Limit of cached endpoints, because ids come from callers. */
const CACHE_MAX = 1_000

type CachedPrice = { price: Promise<UnitPrice | undefined>; until: number }

/**
 * Creates a function that returns fal's unit price of an endpoint, cached for an hour. Undefined if fal has no price
 * or no key is set. Throws what `fetchPrices` throws; a failure is not cached.
 */
export function createPriceOf(
  fetchPrices: (endpoints: readonly string[]) => Promise<ReadonlyMap<string, UnitPrice> | null>,
  now: () => number,
): (endpoint: string) => Promise<UnitPrice | undefined> {
  const cache = new Map<string, CachedPrice>()
  return async (endpoint) => {
    const cached = cache.get(endpoint)
    if (cached !== undefined && cached.until > now()) return await cached.price
    if (cache.size >= CACHE_MAX) cache.clear()
    const price = fetchPrices([endpoint]).then((prices) => prices?.get(endpoint))
    cache.set(endpoint, { price, until: now() + CACHE_MS })
    price.catch(() => cache.delete(endpoint))
    return await price
  }
}
