import { AppError } from '../errors.ts'
import { money } from '../money.ts'
import { didYouMean } from './nearest-model.ts'
import {
  CATALOG,
  FLAT,
  LOCAL_MODELS,
  UNLISTED_PRICE,
  type Model,
  type Operation,
} from './catalog.ts'

/** Where a price comes from: the catalogue, the operator's price file, the listed parent of the id, fal itself, or the flat price. */
export type PriceSource = Model['source'] | 'parent' | 'upstream' | 'default'

/** What happens with an unlisted model: a flat price, a refusal, or fal's own price. */
export const UNKNOWN_MODELS = ['default', 'refuse', 'upstream'] as const
export type UnknownModels = (typeof UNKNOWN_MODELS)[number]

/** The rate card: the catalogue, overridden by the operator's prices. */
export type RateCard = { models: ReadonlyMap<string, Model>; unknownModels: UnknownModels }

/** A model and the source of its price. `parent` is set where the price is that of the listed model above the id. */
export type FoundModel = { model: Model; priceSource: PriceSource; parent?: Model }

export type ModelRequest = { operation: Operation; model: string }

/** Prefix of the models of this machine. An unlisted id with it is a mistake, never a model of fal. */
const LOCAL_PREFIX = 'local/'

/** The form of a model id: fal's endpoint ids, without `..` and `/requests`, which would lead to other paths. */
export const MODEL_ID = /^(?!.*\.\.)(?!.*\/requests(\/|$))[a-z0-9][\w.-]*(\/[a-z0-9][\w.-]*)+$/

/**
 * Finds the model that decides the price of a request. Throws `invalid_input` for a malformed id, `wrong_operation`,
 * `price_unknown` where unlisted models are refused, and `model_gone`.
 */
export function findModel(request: ModelRequest, rates: RateCard): FoundModel {
  const listed = listedModel(rates, request.model)
  if (listed === undefined) return unlisted(request, rates)
  if (listed.operation !== request.operation) throw wrongOperation(listed, request.operation)
  if (!isServed(listed)) throw modelGone(listed.id, listed)
  return { model: listed, priceSource: listed.source }
}

/** Finds a listed model by its id or by its endpoint at fal: both names have the same price. */
function listedModel({ models }: RateCard, id: string): Model | undefined {
  return models.get(id) ?? [...models.values()].find(({ endpoint }) => endpoint === id)
}

/** Returns whether fal or this machine still serves a model. */
export function isServed({ provider, endpoint }: Model): boolean {
  return provider === 'local' || endpoint !== null
}

/** Returns the error for an endpoint that is no longer served. The hint names a model to use instead. */
export function modelGone(
  model: string,
  { operation, successor }: Pick<Model, 'operation' | 'successor'>,
): AppError {
  const instead =
    successor === undefined
      ? `${didYouMean(model, LISTED)}${chooseHint(operation)}`
      : `Use "${successor}" instead.`
  const message = `"${model}" is no longer served by fal.ai. Nothing was charged.`
  return new AppError('model_gone', message, { hint: instead })
}

const LISTED = CATALOG.map(({ id }) => id)
/** Limit of the models that a hint names. */
const NAMED_MAX = 3

/** A next step that always exists: choose a listed model. Only the image tools have a default. */
function chooseHint(operation: Operation): string {
  return operation === 'run'
    ? `Choose a listed model, such as ${examplesFor(operation)}.`
    : `Leave model out for the default of this tool, or choose a listed one, such as ${examplesFor(operation)}.`
}

/** Returns the ids of some served models of an operation, for a hint. */
export function examplesFor(operation: Operation): string {
  return CATALOG.filter((model) => model.operation === operation && isServed(model))
    .slice(0, NAMED_MAX)
    .map(({ id }) => id)
    .join(', ')
}

function unlisted(request: ModelRequest, rates: RateCard): FoundModel {
  const { model: id } = request
  assertModelId(request, rates)
  const parent = parentOf(rates, id)
  if (parent !== undefined) return childOf(parent, request)
  if (rates.unknownModels === 'refuse') {
    throw new AppError('price_unknown', `"${id}" has no price on this server.`, {
      hint: `${didYouMean(id, rates.models.keys())}${chooseHint(request.operation)}`,
      localHint: 'INKWELL_PRICES can give it a price; `inkwell pricing` lists the priced models.',
    })
  }
  const model = unlistedModel(request, { price: UNLISTED_PRICE, bill: FLAT })
  return { model, priceSource: rates.unknownModels }
}

/** A model of fal for which only the price and the bill are known. */
function unlistedModel(
  { operation, model: id }: ModelRequest,
  { price, bill }: Pick<Model, 'price' | 'bill'>,
): Model {
  return {
    id,
    operation,
    modality: 'image',
    provider: 'fal.ai',
    price,
    bill,
    endpoint: id,
    source: 'catalog',
  }
}

/** The listed model whose id or endpoint is a path prefix of this id; the longest id if there are several. */
function parentOf({ models }: RateCard, id: string): Model | undefined {
  const isBelow = (name: string | null): boolean => name !== null && id.startsWith(`${name}/`)
  return [...models.values()]
    .filter(({ id: name, endpoint }) => isBelow(name) || isBelow(endpoint))
    .toSorted((a, b) => b.id.length - a.id.length)[0]
}

/** A model below a listed one has the price of that one. An image tool cannot deliver a video or a sound. */
function childOf(parent: Model, request: ModelRequest): FoundModel {
  if (parent.modality !== 'image' && request.operation !== 'run')
    throw wrongOperation({ ...parent, id: request.model }, request.operation)
  return { model: unlistedModel(request, parent), priceSource: 'parent', parent }
}

function assertModelId({ operation, model: id }: ModelRequest, { models }: RateCard): void {
  const suggestion = didYouMean(id, models.keys())
  if (!MODEL_ID.test(id)) {
    throw new AppError(
      'invalid_input',
      'model is not a fal.ai endpoint id such as "fal-ai/flux/schnell".',
      { hint: `${suggestion}${chooseHint(operation)}` },
    )
  }
  if (id.startsWith(LOCAL_PREFIX)) {
    throw new AppError('invalid_input', `"${id}" is no model of this machine.`, {
      hint: `${suggestion}The local models are ${LOCAL_MODELS.map((model) => model.id).join(', ')}.`,
    })
  }
}

function wrongOperation(model: Model, requested: Operation): AppError {
  const alternative =
    requested === 'run'
      ? `give run one of its own, such as ${examplesFor(requested)}`
      : 'leave model out for the default of this tool'
  return new AppError('wrong_operation', `"${model.id}" is a model for ${model.operation}.`, {
    hint: `Call ${model.operation} with it, or ${alternative}.`,
    facts: { required: money(model.price) },
  })
}
