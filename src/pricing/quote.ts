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

/** What a price depends on. Nothing here comes from a clock, a database or the network. */
export type QuoteRequest = Partial<Measures> & {
  operation: Operation
  model: string
  /** Number of outputs. */
  count: number
}

/** The price of a request. Amounts are micro-dollars. */
export type Quote = {
  model: string
  endpoint: string | null
  operation: Operation
  modality: Modality
  provider: ProviderName
  priceSource: PriceSource
  count: number
  /** Price of one output. A partial result costs this times the outputs delivered. */
  unitPrice: Micro
  /** `unitPrice` × `count`: the amount quoted, held and at most charged. */
  price: Micro
}

/**
 * Prices a request. The same function is used for quotes, holds and charges. `falPrice` is fal's unit price, for a
 * model with the price source `upstream`. Throws `invalid_input` (a malformed model id, an argument that cannot be
 * measured), `wrong_operation`, `price_unknown` or `model_gone`.
 */
export function quotePrice(request: QuoteRequest, rates: RateCard, falPrice?: UnitPrice): Quote {
  return priceOf(findModel(request, rates), request, falPrice)
}

/** Returns the price of a request to a found model. Throws `invalid_input` and `price_unknown`. */
export function priceOf(found: FoundModel, request: QuoteRequest, falPrice?: UnitPrice): Quote {
  const { model, priceSource } = found
  const measures = { ...request, input: request.input ?? {} }
  const unitPrice =
    priceSource === 'upstream'
      ? upstreamPrice(request, measures, falPrice)
      : scaledPrice(model, measures)
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

/** The list price times fal's cost of this call divided by its cost of the base call: rounded up, never below the list price. */
function scaledPrice({ price, bill }: Model, measures: Measures): Micro {
  const { of, to } = proportion(bill, measures)
  if (of <= to) return price
  const [dividend, divisor] = [BigInt(price) * BigInt(of), BigInt(to)]
  return micro(Number((dividend + divisor - 1n) / divisor))
}

/** fal's exact price for the units that the arguments decide. */
function upstreamPrice(
  { operation, model }: QuoteRequest,
  measures: Measures,
  falPrice: UnitPrice | undefined,
): Micro {
  const units = falPrice === undefined ? null : upstreamUnits(falPrice.unit, operation, measures)
  const price =
    falPrice === undefined || units === null ? null : multiplyUsd(units, falPrice.unitPrice)
  if (price !== null) return price
  const reason =
    falPrice === undefined
      ? 'fal.ai names no price for it'
      : `fal.ai bills it by ${unitName(falPrice.unit)}, which these arguments do not decide`
  throw new AppError('price_unknown', `"${model}" has no price on this server: ${reason}.`, {
    hint: `Say what decides the price (image_size, duration, text), or choose a listed model, such as ${examplesFor(operation)}.`,
    localHint: 'INKWELL_PRICES can give it a price; `inkwell pricing` lists the priced models.',
  })
}

/** fal's name of a unit, if it is known: text from outside is not repeated. */
function unitName(unit: string): string {
  const known =
    /^(compute seconds|megapixels|images|seconds|1000 characters|units|videos|generations)$/
  return known.test(unit) ? unit : 'a unit of its own'
}
