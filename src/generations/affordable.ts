import { AppError, type RefusalFacts } from '../errors.ts'
import { money, type Micro } from '../money.ts'
import type { Model } from '../pricing/catalog.ts'
import { findModel, isServed, type RateCard } from '../pricing/find-model.ts'
import { priceOf } from '../pricing/quote.ts'
import type { ProviderRequest } from '../providers/provider.ts'
import { assertWhole, fit, measuresOf } from './fit.ts'
import type { PaidRequest } from './request.ts'

/** Most alternatives that a refusal names. */
const AFFORDABLE_MAX = 5

type Affordable = NonNullable<RefusalFacts['affordable']>

/**
 * Returns what is possible for at most `left` micro-dollars in place of a request: the same model with fewer outputs,
 * then other models of the same kind with the same arguments, most expensive first. `allows` tells which models the
 * caller may use.
 */
export function affordable(
  request: PaidRequest | ProviderRequest,
  rates: RateCard,
  { left, allows }: { left: number; allows: (model: Model) => boolean },
): Affordable {
  const within = (model: string, count: number) =>
    priceWithin(withModel(request, model, count), rates, left)
  const fewer = request.count > 1 ? fewerOf(request, within) : []
  const requested = nullIfRefused(() => findModel(request, rates).model)
  const others = [...rates.models.values()]
    .filter(({ id, operation }) => operation === request.operation && id !== requested?.id)
    .filter((model) => model.modality === (requested?.modality ?? 'image') && isServed(model))
    .filter(allows)
    .flatMap(({ id }) => {
      const price = within(id, request.count)
      return price === null ? [] : [{ model: id, price }]
    })
    .toSorted((a, b) => b.price - a.price)
    .map(({ model, price }) => ({ model, cost: money(price) }))
  return [...fewer, ...others].slice(0, AFFORDABLE_MAX)
}

/** Returns the largest affordable number of outputs of the same model, or nothing. */
function fewerOf(
  { model, count }: PaidRequest | ProviderRequest,
  within: (model: string, count: number) => Micro | null,
): Affordable {
  for (let fewer = count - 1; fewer > 0; fewer -= 1) {
    const price = within(model, fewer)
    if (price !== null) return [{ model, numImages: fewer, cost: money(price) }]
  }
  return []
}

/** Returns the price of a request, or null if the request is refused or costs more than `left`. Free work always passes. */
function priceWithin(
  request: PaidRequest | ProviderRequest,
  rates: RateCard,
  left: number,
): Micro | null {
  const price = nullIfRefused(() => {
    const found = findModel(request, rates)
    const fitted = fit(request, found).request
    assertWhole(fitted, found)
    return priceOf(found, measuresOf(fitted, found)).price
  })
  return price !== null && (price === 0 || price <= left) ? price : null
}

/** Returns the request with another model or number of outputs. */
function withModel<R extends PaidRequest | ProviderRequest>(
  request: R,
  model: string,
  count: number,
): R {
  if (request.operation !== 'run' || count === request.count) return { ...request, model, count }
  return { ...request, model, count, input: { ...request.input, num_images: count } }
}

/** Returns null if the body throws an `AppError`. */
function nullIfRefused<T>(body: () => T): T | null {
  try {
    return body()
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}
