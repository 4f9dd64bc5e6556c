import { multiplyUsd, type Micro } from '../money.ts'
import type { Model } from './catalog.ts'

/** The price of one unit of an endpoint at the image service: a plain decimal of US dollars. */
export type UnitPrice = { unitPrice: string; unit: string }

export type PriceComparison = {
  /** Cost of the base call for the operator, in micro-dollars; null where it is not known before the call. */
  upstream: Micro | null
  /** Whether a call at the list price loses money; null where that is not known. */
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
