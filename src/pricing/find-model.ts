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

/** Where a price comes from: the catalogue or the operator's file, the listed model above an id, fal itself, or the flat price. */
export type PriceSource = Model['source'] | 'parent' | 'upstream' | 'default'

/** What happens with a model that is not listed: a flat price, no price, or fal's own price. */
export const UNKNOWN_MODELS = ['default', 'refuse', 'upstream'] as const
export type UnknownModels = (typeof UNKNOWN_MODELS)[number]

/** The rate card in force: the catalogue with the operator's prices over it. */
export type RateCard = { models: ReadonlyMap<string, Model>; unknownModels: UnknownModels }

/** A model with what decides its price: its own row, the row of the listed model above it, or none. */
export type FoundModel = { model: Model; priceSource: PriceSource; parent?: Model }

export type ModelRequest = { operation: Operation; model: string }

/** Ids that are this machine's own: one that is not listed is a slip, never a model of fal. */
const LOCAL_PREFIX = 'local/'

/** What a model id looks like: fal's endpoint ids, and no way out of their path. */
export const MODEL_ID = /^(?!.*\.\.)(?!.*\/requests(\/|$))[a-z0-9][\w.-]*(\/[a-z0-9][\w.-]*)+$/

/**
 * The row that prices a model for an operation. Throws `invalid_input` for what is no model id, `wrong_operation`,
 * `price_unknown` where unlisted models are refused, and `model_gone`.
 */
export function findModel(request: ModelRequest, rates: RateCard): FoundModel {
  const listed = listedModel(rates, request.model)
  if (listed === undefined) return unlisted(request, rates)
  if (listed.operation !== request.operation) throw wrongOperation(listed, request.operation)
  if (!isServed(listed)) throw modelGone(listed.id, listed)
  return { model: listed, priceSource: listed.source }
}

/** A listed model by its id, or by the endpoint that fal serves it at: both names cost the same. */
function listedModel({ models }: RateCard, id: string): Model | undefined {
  return models.get(id) ?? [...models.values()].find(({ endpoint }) => endpoint === id)
}

/** Whether fal, or this machine, still does it. */
export function isServed({ provider, endpoint }: Model): boolean {
  return provider === 'local' || endpoint !== null
}

/** The endpoint is not served any more: names what to use instead, or the listed model that was probably meant. */
export function modelGone(
  model: string,
  { operation, successor }: Pick<Model, 'operation' | 'successor'>,
): AppError {
  const instead =
    successor === undefined
      ? `${didYouMean(model, LISTED)}${choose(operation)}`
      : `Use "${successor}" instead.`
  const message = `"${model}" is no longer served by fal.ai. Nothing was charged.`
  return new AppError('model_gone', message, { hint: instead })
}

const LISTED = CATALOG.map(({ id }) => id)
/** Most models that a hint names. */
const NAMED_MAX = 3

/** The step that is always left: a listed model, by name. Only the image tools have a default. */
function choose(operation: Operation): string {
  return operation === 'run'
    ? `Choose a listed model, such as ${examplesFor(operation)}.`
    : `Leave model out for the default of this tool, or choose a listed one, such as ${examplesFor(operation)}.`
}

/** Some listed models of an operation that are served, for a hint. */
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
  if (parent !== undefined) return below(parent, request)
  if (rates.unknownModels === 'refuse') {
    throw new AppError('price_unknown', `"${id}" has no price on this server.`, {
      hint: `${didYouMean(id, rates.models.keys())}${choose(request.operation)}`,
      localHint: 'INKWELL_PRICES can give it a price; `inkwell pricing` lists the priced models.',
    })
  }
  const model = unlistedModel(request, { price: UNLISTED_PRICE, bill: FLAT })
  return { model, priceSource: rates.unknownModels }
}

/** A model of fal of which nothing is known but a price and how that grows. */
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

/** The listed model of fal that an id lies below, the nearest where there are several. */
function parentOf({ models }: RateCard, id: string): Model | undefined {
  const isBelow = (name: string | null): boolean => name !== null && id.startsWith(`${name}/`)
  return [...models.values()]
    .filter(({ id: name, endpoint }) => isBelow(name) || isBelow(endpoint))
    .toSorted((a, b) => b.id.length - a.id.length)[0]
}

/** A model below a listed one costs what that one does. An image tool cannot deliver a film or a sound. */
function below(parent: Model, request: ModelRequest): FoundModel {
  if (parent.modality !== 'image' && request.operation !== 'run')
    throw wrongOperation({ ...parent, id: request.model }, request.operation)
  return { model: unlistedModel(request, parent), priceSource: 'parent', parent }
}

function assertModelId({ operation, model: id }: ModelRequest, { models }: RateCard): void {
  const meant = didYouMean(id, models.keys())
  if (!MODEL_ID.test(id)) {
    throw new AppError(
      'invalid_input',
      'model is not a fal.ai endpoint id such as "fal-ai/flux/schnell".',
      { hint: `${meant}${choose(operation)}` },
    )
  }
  if (id.startsWith(LOCAL_PREFIX)) {
    throw new AppError('invalid_input', `"${id}" is no model of this machine.`, {
      hint: `${meant}The local models are ${LOCAL_MODELS.map((model) => model.id).join(', ')}.`,
    })
  }
}

function wrongOperation(model: Model, asked: Operation): AppError {
  const here =
    asked === 'run'
      ? `give run one of its own, such as ${examplesFor(asked)}`
      : 'leave model out for the default of this tool'
  return new AppError('wrong_operation', `"${model.id}" is a model for ${model.operation}.`, {
    hint: `Call ${model.operation} with it, or ${here}.`,
    facts: { required: money(model.price) },
  })
}
