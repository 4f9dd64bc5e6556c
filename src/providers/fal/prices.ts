import type { Channel } from './queue.ts'
import { micro, multiplyUsd } from '../../money.ts'
import type { UnitPrice } from '../../pricing/compare.ts'

export type Prices = {
  /** What finished jobs cost the owner of the key, in micro-dollars; null where fal does not say. */
  costOf(endpoint: string, requestIds: readonly string[]): Promise<number | null>
}

/** Time fal may take to tell its prices, in milliseconds: a finished call may be waiting for them. */
const PRICES_MS = 3_000

type PricingAnswer = { prices?: { endpoint_id?: unknown; unit_price?: unknown; unit?: unknown }[] }

/** fal's prices of one unit, for the endpoints that its pricing API knows; at most 50 at a time. */
export async function unitPricesOf(
  { fetch, key }: Pick<Channel, 'fetch' | 'key'>,
  endpoints: readonly string[],
): Promise<Map<string, UnitPrice>> {
  const asked = endpoints.map((endpoint) => `endpoint_id=${encodeURIComponent(endpoint)}`).join('&')
  const url = `https://api.fal.ai/v1/models/pricing?${asked}`
  const headers = { authorization: `Key ${key}` }
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(PRICES_MS) })
  if (!response.ok) throw new Error(`fal.ai answered ${response.status} for its prices`)
  const { prices = [] } = (await response.json()) as PricingAnswer
  return new Map(
    prices.flatMap(({ endpoint_id: id, unit_price: price, unit }) =>
      typeof id === 'string' && typeof price === 'number' && typeof unit === 'string'
        ? [[id, { unitPrice: String(price), unit }]]
        : [],
    ),
  )
}

/** Real costs: units from the answers of jobs times fal's own price of a unit, asked once an endpoint. */
export function createPrices(
  channel: Channel,
  unitsOf: (requestId: string) => string | null,
): Prices {
  const known = new Map<string, Promise<UnitPrice | undefined>>()
  const priceOf = async (endpoint: string): Promise<UnitPrice | undefined> => {
    const asked =
      known.get(endpoint) ??
      unitPricesOf(channel, [endpoint]).then((listed) => listed.get(endpoint))
    known.set(endpoint, asked)
    try {
      return await asked
    } catch (error) {
      known.delete(endpoint)
      throw error
    }
  }
  return {
    async costOf(endpoint, requestIds) {
      const units = requestIds.map(unitsOf)
      if (units.length === 0 || units.includes(null)) return null
      try {
        const price = await priceOf(endpoint)
        if (price === undefined) return null
        const costs = units.map((count) => multiplyUsd(count ?? '', price.unitPrice))
        return costs.includes(null)
          ? null
          : micro(costs.reduce<number>((total, cost) => total + (cost ?? 0), 0))
      } catch {
        return null // beside the matter of a paid call: its cost is unknown, no more
      }
    },
  }
}
