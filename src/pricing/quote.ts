import { AppError } from '../errors.ts'
import { micro, money, type Micro } from '../money.ts'
import {
  LOCAL_MODELS,
  UNLISTED_PRICE,
  type Length,
  type Modality,
  type Model,
  type Operation,
  type ProviderName,
} from './catalog.ts'
import { didYouMean } from './nearest-model.ts'

export type PriceSource = Model['source'] | 'default'
export type UnknownModels = 'default' | 'refuse'

/** The rate card in force: the catalogue with the operator's prices over it. */
export type RateCard = { models: ReadonlyMap<string, Model>; unknownModels: UnknownModels }

/** What a price rests on: nothing here comes from a clock, a database or the network. */
export type QuoteRequest = {
  operation: Operation
  model: string
  /** Outputs asked for. */
  count: number
  /** The arguments a length is read from; only `run` has them. */
  input?: Record<string, unknown>
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

/** Ids that are this machine's own: one that is not listed is a slip, never a model of fal. */
const LOCAL_PREFIX = 'local/'

/** What a model id looks like: fal's endpoint ids, and no way out of their path. */
export const MODEL_ID = /^(?!.*\.\.)[a-z0-9][\w.-]*(\/[a-z0-9][\w.-]*)+$/

/**
 * Prices a request. The same function answers a quote, sizes the hold and sets the charge.
 * Throws `invalid_input` (model id, length), `wrong_operation` or `price_unknown`.
 */
export function quote(request: QuoteRequest, rates: RateCard): Quote {
  const model = findModel(rates, request.model) ?? unlisted(request, rates)
  if (model.operation !== request.operation) throw wrongOperation(model)
  const unitPrice = scaledPrice(model, request.input ?? {})
  return {
    model: model.id,
    endpoint: model.endpoint,
    operation: request.operation,
    modality: model.modality,
    provider: model.provider,
    priceSource: rates.models.has(model.id) ? model.source : 'default',
    count: request.count,
    unitPrice,
    price: micro(unitPrice * request.count),
  }
}

/** A model by its id, or by the endpoint that fal serves it at: both names cost the same. */
function findModel({ models }: RateCard, id: string): Model | undefined {
  return models.get(id) ?? [...models.values()].find(({ endpoint }) => endpoint === id)
}

/** The listed models of an operation that cost no more than `limit`, dearest first; free ones always do. */
export function affordable(rates: RateCard, operation: Operation, limit: number): Model[] {
  return [...rates.models.values()]
    .filter((model) => model.operation === operation && model.price <= Math.max(0, limit))
    .toSorted((a, b) => b.price - a.price)
}

function unlisted({ model, operation }: QuoteRequest, rates: RateCard): Model {
  const meant = didYouMean(model, rates.models.keys())
  if (!MODEL_ID.test(model)) {
    throw new AppError(
      'invalid_input',
      'model is not a fal.ai endpoint id such as "fal-ai/flux/schnell".',
      {
        hint: `${meant}Leave model out for the default, or read inkwell://pricing for the priced models.`,
      },
    )
  }
  if (model.startsWith(LOCAL_PREFIX)) {
    throw new AppError('invalid_input', `"${model}" is no model of this machine.`, {
      hint: `${meant}The free local models are ${LOCAL_MODELS.map(({ id }) => id).join(', ')}.`,
    })
  }
  if (rates.unknownModels === 'refuse') {
    throw new AppError('price_unknown', `"${model}" has no price on this server.`, {
      hint: `${meant}Choose a model of inkwell://pricing, or let the operator price it in INKWELL_PRICES.`,
    })
  }
  return {
    id: model,
    operation,
    modality: 'image',
    provider: 'fal.ai',
    price: UNLISTED_PRICE,
    endpoint: model,
    source: 'catalog',
  }
}

function wrongOperation(model: Model): AppError {
  return new AppError('wrong_operation', `"${model.id}" is a model for ${model.operation}.`, {
    hint: `Call ${model.operation} with it, or leave model out for the default of this tool.`,
    facts: { required: money(model.price) },
  })
}

/** Never below the list price; above the base it grows in proportion, rounded up to a micro. */
function scaledPrice({ price, length }: Model, input: Record<string, unknown>): Micro {
  if (length === undefined) return price
  const asked = askedLength(length, input[length.field])
  return asked <= length.base ? price : micro(Math.ceil((price * asked) / length.base))
}

function askedLength({ field, unit, base }: Length, value: unknown): number {
  if (value === undefined) return base
  if (unit === 'characters')
    return typeof value === 'string' ? value.length : refuseLength(field, 'a text')
  const match = /^(\d{1,4})s?$/.exec(
    typeof value === 'number' ? `${value}` : typeof value === 'string' ? value : '',
  )
  const seconds = Number(match?.[1] ?? 0)
  return seconds > 0 ? seconds : refuseLength(field, 'whole seconds, such as 5 or "5s"')
}

function refuseLength(field: string, wanted: string): never {
  throw new AppError(
    'invalid_input',
    `input.${field} must be ${wanted}: the price depends on it.`,
    {
      hint: `Leave input.${field} out, or give ${wanted}.`,
    },
  )
}
