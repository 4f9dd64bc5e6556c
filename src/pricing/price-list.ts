import { money, type Money } from '../money.ts'
import {
  categoryOf,
  DEFAULT_MODELS,
  UNLISTED_PRICE,
  type Category,
  type Length,
  type Model,
} from './catalog.ts'
import type { RateCard, UnknownModels } from './quote.ts'

export type ListedPrice = Pick<Model, 'operation' | 'modality' | 'provider'> & {
  model: string
  category: Category
  price: Money
  /** What one price buys. */
  per: string
  default: boolean
  priceSource: Model['source']
  /** False where fal is known to serve it no longer. */
  served: boolean
  successor: string | null
}

export type PriceList = {
  models: ListedPrice[]
  unlisted: { policy: UnknownModels; price: Money | null }
}

/** The rate card for people and agents to read. */
export function priceList({ models, unknownModels }: RateCard): PriceList {
  const defaults: readonly string[] = Object.values(DEFAULT_MODELS)
  return {
    models: [...models.values()].map((model) => ({
      model: model.id,
      operation: model.operation,
      modality: model.modality,
      category: categoryOf(model.modality, true),
      provider: model.provider,
      price: money(model.price),
      per: model.length === undefined ? 'output' : perLength(model.length),
      default: defaults.includes(model.id),
      priceSource: model.source,
      served: model.provider === 'local' || model.endpoint !== null,
      successor: model.successor ?? null,
    })),
    unlisted: {
      policy: unknownModels,
      price: unknownModels === 'default' ? money(UNLISTED_PRICE) : null,
    },
  }
}

function perLength({ base, unit }: Length): string {
  return `up to ${base} ${unit}, more in proportion`
}
