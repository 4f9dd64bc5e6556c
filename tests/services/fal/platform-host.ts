import { isRecord } from './check.ts'
import { bodyOf, type Host, type EmulatorContext, type Incoming } from './context.ts'
import { json, type Reply } from './reply.ts'

const PATHS: Readonly<Record<string, (context: EmulatorContext, incoming: Incoming) => Reply>> = {
  'GET /v1/models/pricing': pricing,
  'POST /v1/models/pricing/estimate': estimate,
  'GET /v1/models/usage': () => json(200, { next_cursor: null, has_more: false, time_series: [] }),
}

/** api.fal.ai: prices, estimates and usage. */
export const platformHost: Host = (context, incoming) => {
  const answer = PATHS[`${incoming.method} ${incoming.path}`]
  if (answer === undefined) return null
  return {
    stage: 'platform',
    endpoint: null,
    guarded: true,
    answer: () => answer(context, incoming),
  }
}

const IDS_MAX = 50

function pricing({ models }: EmulatorContext, { query }: Incoming): Reply {
  const ids = query.getAll('endpoint_id')
  if (ids.length === 0 || ids.length > IDS_MAX) {
    return invalid(`Between 1 and ${IDS_MAX} endpoint_id values are needed.`)
  }
  const prices = ids.flatMap((id) => {
    const model = models[id]
    if (model === undefined) return []
    const { unit, unitPriceUsd } = model
    return [{ endpoint_id: id, unit_price: unitPriceUsd, unit, currency: 'USD' }]
  })
  return json(200, { prices, next_cursor: null, has_more: false })
}

function estimate({ models }: EmulatorContext, incoming: Incoming): Reply {
  const posted = bodyOf(incoming)
  if (!isRecord(posted) || posted['estimate_type'] !== 'unit_price') {
    return invalid('estimate_type must be unit_price.')
  }
  const asked = isRecord(posted['endpoints']) ? posted['endpoints'] : {}
  const costs = Object.entries(asked).map(([id, wish]) => {
    const units = isRecord(wish) ? Number(wish['unit_quantity']) : 0
    return units * (models[id]?.unitPriceUsd ?? 0)
  })
  const total = costs.reduce((sum, cost) => sum + cost, 0)
  return json(200, { estimate_type: 'unit_price', total_cost: total, currency: 'USD' })
}

function invalid(message: string): Reply {
  return json(400, { error: { type: 'validation_error', message } })
}
