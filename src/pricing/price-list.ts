import { money, type Money } from '../money.ts'
import type { Bill, Tier } from './bill.ts'
import { categoryOf, DEFAULT_MODELS, UNLISTED_PRICE, type Category, type Model } from './catalog.ts'
import { BASE_PIXELS } from './sizes.ts'
import { isServed, type RateCard, type UnknownModels } from './find-model.ts'

/** One row of the price list. */
export type ListedPrice = Pick<Model, 'operation' | 'modality' | 'provider'> & {
  model: string
  category: Category
  price: Money
  /** What the price is for, in words. */
  per: string
  default: boolean
  priceSource: Model['source']
  /** False where fal no longer serves it. */
  served: boolean
  successor: string | null
}

export type PriceList = {
  models: ListedPrice[]
  unlisted: { policy: UnknownModels; price: Money | null }
}

/** Returns the rate card in a form to show. */
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
      per: perOf(model.bill),
      default: defaults.includes(model.id),
      priceSource: model.source,
      served: isServed(model),
      successor: model.successor ?? null,
    })),
    unlisted: {
      policy: unknownModels,
      price: unknownModels === 'default' ? money(UNLISTED_PRICE) : null,
    },
  }
}

/** Returns what the list price covers, and how the price grows, in words. */
export function perOf(bill: Bill): string {
  switch (bill.by) {
    case 'output':
      return 'output'
    case 'megapixel':
      return 'output up to 1 megapixel, more in proportion'
    case 'tier':
      return `output up to ${describeSize(bill.tiers[0])}, more in steps`
    case 'second':
      return `up to ${bill.base} seconds, more in proportion`
    case 'character':
      return `up to ${bill.base} characters, more in proportion`
    case 'step':
      return `output of up to ${bill.base} steps, more in proportion`
  }
}

function describeSize({ pixels }: Tier): string {
  return pixels === BASE_PIXELS ? '1 megapixel' : `${pixels / 1_000_000} megapixels`
}
