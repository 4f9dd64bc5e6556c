import { multiplyUsd, type Micro } from '../money.ts'
import type { Model } from './catalog.ts'

/** What the image service asks its own customers for one unit of an endpoint. */
export type UnitPrice = { unitPrice: string; unit: string }

export type PriceComparison = {
  /** What the base call costs the operator, in micro-dollars; null where no one can say beforehand. */
  upstream: Micro | null
  /** Whether a sale at the list price loses money; null where that is not known. */
  losesMoney: boolean | null
}

/** Units of the base call: an image of about a megapixel, a clip or speech of the base length. */
function unitsOf({ bill }: Model, unit: string): string | null {
  if (/^(megapixels|images|generations|videos|requests)$/.test(unit)) return '1'
  if (unit === 'seconds' && bill.by === 'second') return `${bill.base}`
  if (unit === '1000 characters' && bill.by === 'character') return `${bill.base / 1000}`
  return null
}

/** Compares a list price with what the base call costs upstream. */
export function compare(model: Model, price: UnitPrice | undefined): PriceComparison {
  const units = price === undefined ? null : unitsOf(model, price.unit)
  const upstream =
    price === undefined || units === null ? null : multiplyUsd(units, price.unitPrice)
  return { upstream, losesMoney: upstream === null ? null : upstream > model.price }
}
