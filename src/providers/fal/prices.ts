import { ApiError } from '@fal-ai/client'
import { micro, multiplyUsd } from '../../money.ts'
import { memoizeAsync } from '../../once.ts'
import type { UnitPrice } from '../../pricing/compare.ts'
import type { UpstreamBill } from '../provider.ts'
import { NotBegunError, type Channel } from './queue.ts'

/** A job that fal accepted, and its outcome. */
export type EndedJob = { id: string; answer: PromiseSettledResult<unknown> }

export type Prices = {
  /** Returns what fal billed for jobs of an endpoint. */
  billOf(endpoint: string, jobs: readonly EndedJob[]): Promise<UpstreamBill>
}

/** Time limit for a request for prices, in milliseconds: a finished call may wait for it. */
const PRICES_MS = 3_000

/** In micro-dollars. A cost above $10,000 must be an error of the service: it counts as unknown and does not distort sums. */
const COST_MAX = 10_000_000_000

type PricingAnswer = { prices?: { endpoint_id?: unknown; unit_price?: unknown; unit?: unknown }[] }

/** Returns fal's unit prices for the endpoints that its pricing API knows; at most 50 endpoints per call. */
export async function unitPricesOf(
  { fetch, key }: Pick<Channel, 'fetch' | 'key'>,
  endpoints: readonly string[],
): Promise<Map<string, UnitPrice>> {
  const query = endpoints.map((endpoint) => `endpoint_id=${encodeURIComponent(endpoint)}`).join('&')
  const url = `https://api.fal.ai/v1/models/pricing?${query}`
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

/** Computes real costs: units billed by fal, times its unit price. The price is fetched once per endpoint. */
export function createPrices(
  channel: Channel,
  unitsOf: (requestId: string) => string | null,
): Prices {
  const known = memoizeAsync<UnitPrice | undefined>()
  const costOf = async (
    endpoint: string,
    units: readonly (string | null)[],
  ): Promise<number | null> => {
    if (units.length === 0) return 0
    if (units.includes(null)) return null
    try {
      const price = await known(endpoint, async () =>
        (await unitPricesOf(channel, [endpoint])).get(endpoint),
      )
      if (price === undefined) return null
      const costs = units.map((count) => multiplyUsd(count ?? '', price.unitPrice))
      const total = costs.reduce<number>((sum, cost) => sum + (cost ?? Infinity), 0)
      return total > COST_MAX ? null : micro(total)
    } catch {
      return null // a paid call must not fail because of this: its cost is unknown
    }
  }
  return {
    async billOf(endpoint, jobs) {
      const billed = jobs
        .map(({ id, answer }) => ({ units: unitsOf(id), answer }))
        .filter(mayBeBilled)
      const cost = await costOf(
        endpoint,
        billed.map(({ units }) => units),
      )
      return { jobs: billed.length, cost }
    },
  }
}

/**
 * Returns whether fal may bill a job. If it reported units, they decide. Otherwise it bills finished jobs, and no jobs
 * that it refused or dropped. A job with an unknown outcome may have finished.
 */
function mayBeBilled({ units, answer }: Pick<EndedJob, 'answer'> & { units: string | null }) {
  if (units !== null && /^\d+(\.\d+)?$/.test(units)) return /[1-9]/.test(units)
  if (answer.status === 'fulfilled') return true
  const reason: unknown = answer.reason
  return !(reason instanceof ApiError || reason instanceof NotBegunError)
}
