import type { Channel } from './queue.ts'
import { multiplyUsd } from '../../money.ts'
import type { UnitPrice } from '../../pricing/compare.ts'

export type Prices = {
  /** What finished jobs cost the owner of the key, in micro-dollars; null where fal does not say. */
  costOf(endpoint: string, requestIds: readonly string[]): Promise<number | null>
}

type PricingAnswer = { prices?: { endpoint_id?: unknown; unit_price?: unknown; unit?: unknown }[] }

/** fal's prices of one unit, for the endpoints that its pricing API knows; at most 50 at a time. */
export async function unitPricesOf(
  { fetch, key }: Pick<Channel, 'fetch' | 'key'>,
  endpoints: readonly string[],
): Promise<Map<string, UnitPrice>> {
  const asked = endpoints.map((endpoint) => `endpoint_id=${encodeURIComponent(endpoint)}`).join('&')
  const url = `https://api.fal.ai/v1/models/pricing?${asked}`
  const response = await fetch(url, { headers: { authorization: `Key ${key}` } })
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

async function unitPriceOf(channel: Channel, endpoint: string): Promise<UnitPrice | null> {
  try {
    return (await unitPricesOf(channel, [endpoint])).get(endpoint) ?? null
  } catch {
    return null // beside the matter of a paid call: its cost is unknown, no more
  }
}

/** Real costs: units from the answers of jobs times fal's own price of a unit, asked once an endpoint. */
export function createPrices(
  channel: Channel,
  unitsOf: (requestId: string) => string | null,
): Prices {
  const known = new Map<string, Promise<UnitPrice | null>>()
  return {
    async costOf(endpoint, requestIds) {
      const units = requestIds.map(unitsOf)
      if (units.length === 0 || units.includes(null)) return null
      const asked = known.get(endpoint) ?? unitPriceOf(channel, endpoint)
      known.set(endpoint, asked)
      const price = await asked
      if (price === null) return null
      const costs = units.map((count) => multiplyUsd(count ?? '', price.unitPrice))
      return costs.includes(null)
        ? null
        : costs.reduce<number>((total, cost) => total + (cost ?? 0), 0)
    },
  }
}
