import { multiplyUsd, type Micro } from '../money.ts'
import type { Model } from './catalog.ts'

/** What the image service asks its own customers for one unit of an endpoint. */
export type UnitPrice = { unitPrice: string; unit: string }

export type Comparison = {
  /** What one output at its base length costs the operator, in micro-dollars; null where no one can say beforehand. */
  upstream: Micro | null
  /** Whether a sale at the list price loses money; null where that is not known. */
  losesMoney: boolean | null
}

/** Units of one ordinary output: an image of about a megapixel, a clip or speech of the base length. */
function unitsOf({ length }: Model, unit: string): string | null {
  if (unit === 'megapixels' || unit === 'images' || unit === 'generations' || unit === 'videos')
    return '1'
  if (length === undefined) return null
  if (unit === 'seconds') return `${length.base}`
  return unit === '1000 characters' ? `${length.base / 1000}` : null
}

/** Compares a list price with what one ordinary output costs upstream. */
export function compare(model: Model, price: UnitPrice | undefined): Comparison {
  const units = price === undefined ? null : unitsOf(model, price.unit)
  const upstream =
    price === undefined || units === null ? null : multiplyUsd(units, price.unitPrice)
  return { upstream, losesMoney: upstream === null ? null : upstream > model.price }
}
