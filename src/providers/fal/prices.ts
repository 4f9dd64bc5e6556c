import type { Channel } from './queue.ts'
import { multiplyUsd } from '../../money.ts'

export type UnitPrice = { unitPrice: string; unit: string }

export type Prices = {
  /** What finished jobs cost the owner of the key, in micro-dollars; null where fal does not say. */
  costOf(endpoint: string, requestIds: readonly string[]): Promise<number | null>
}

type PricingAnswer = { prices?: { endpoint_id?: unknown; unit_price?: unknown; unit?: unknown }[] }

/** fal's price of one unit of an endpoint, where its pricing API knows it. */
export async function unitPriceOf(
  { fetch, key }: Pick<Channel, 'fetch' | 'key'>,
  endpoint: string,
): Promise<UnitPrice | null> {
  const url = `https://api.fal.ai/v1/models/pricing?endpoint_id=${encodeURIComponent(endpoint)}`
  const response = await fetch(url, { headers: { authorization: `Key ${key}` } })
  if (!response.ok) return null
  const { prices = [] } = (await response.json()) as PricingAnswer
  const found = prices.find(({ endpoint_id: id }) => id === endpoint)
  if (typeof found?.unit_price !== 'number' || typeof found.unit !== 'string') return null
  return { unitPrice: String(found.unit_price), unit: found.unit }
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
      // The price list is beside the matter of a paid call: without it the cost is unknown, no more.
      const asked = known.get(endpoint) ?? unitPriceOf(channel, endpoint).catch(() => null)
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
