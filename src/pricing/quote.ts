import { micro, multiplyUsd, type Micro } from '../money.ts'
import { AppError } from '../errors.ts'
import { proportion, type Measures } from './bill.ts'
import type { Modality, Model, Operation, ProviderName } from './catalog.ts'
import type { UnitPrice } from './compare.ts'
import {
  examplesFor,
  findModel,
  type FoundModel,
  type PriceSource,
  type RateCard,
} from './find-model.ts'
import { upstreamUnits } from './upstream-units.ts'

/** What a price rests on: nothing here comes from a clock, a database or the network. */
export type QuoteRequest = Partial<Measures> & {
  operation: Operation
  model: string
  /** Outputs asked for. */
  count: number
}

export type Quote = {
  model: string
  endpoint: string | null
  operation: Operation
  modality: Modality
  provider: ProviderName
  priceSource: PriceSource
  count: number
  /** Price of one output. A partial result costs this times what was delivered. */
  unitPrice: Micro
  /** `unitPrice` × `count`: what is quoted, held and at most charged. */
  price: Micro
}

/**
 * Prices a request. The same function answers a quote, sizes the hold and sets the charge. `asks` is what fal
 * asks for a unit of a model that is priced by it. Throws `invalid_input` (model id, an argument that cannot be
 * measured), `wrong_operation`, `price_unknown` or `model_gone`.
 */
export function quotePrice(request: QuoteRequest, rates: RateCard, asks?: UnitPrice): Quote {
  return priceOf(findModel(request, rates), request, asks)
}

/** The price of a request to a model that was found. Throws `invalid_input` and `price_unknown`. */
export function priceOf(found: FoundModel, request: QuoteRequest, asks?: UnitPrice): Quote {
  const { model, priceSource } = found
  const measures = { ...request, input: request.input ?? {} }
  const unitPrice =
    priceSource === 'upstream' ? upstreamPrice(request, measures, asks) : scaled(model, measures)
  return {
    model: model.id,
    endpoint: model.endpoint,
    operation: request.operation,
    modality: model.modality,
    provider: model.provider,
    priceSource,
    count: request.count,
    unitPrice,
    price: micro(unitPrice * request.count),
  }
}

/** The list price times what fal asks for this call over what it asks for the base call: never less, rounded up. */
function scaled({ price, bill }: Model, measures: Measures): Micro {
  const { of, to } = proportion(bill, measures)
  if (of <= to) return price
  const [dividend, divisor] = [BigInt(price) * BigInt(of), BigInt(to)]
  return micro(Number((dividend + divisor - 1n) / divisor))
}

/** Exactly what fal asks, for the units that the arguments decide. */
function upstreamPrice(
  { operation, model }: QuoteRequest,
  measures: Measures,
  asks: UnitPrice | undefined,
): Micro {
  const units = asks === undefined ? null : upstreamUnits(asks.unit, operation, measures)
  const price = asks === undefined || units === null ? null : multiplyUsd(units, asks.unitPrice)
  if (price !== null) return price
  const why =
    asks === undefined
      ? 'fal.ai names no price for it'
      : `fal.ai bills it by ${wordFor(asks.unit)}, which these arguments do not decide`
  throw new AppError('price_unknown', `"${model}" has no price on this server: ${why}.`, {
    hint: `Say what decides the price (image_size, duration, text), or choose a listed model, such as ${examplesFor(operation)}.`,
    localHint: 'INKWELL_PRICES can give it a price; `inkwell pricing` lists the priced models.',
  })
}

/** fal's word for a unit, where it is one we know: text from outside is not repeated. */
function wordFor(unit: string): string {
  const known =
    /^(compute seconds|megapixels|images|seconds|1000 characters|units|videos|generations)$/
  return known.test(unit) ? unit : 'a unit of its own'
}
