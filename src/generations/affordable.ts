import { AppError, type RefusalFacts } from '../errors.ts'
import { money, type Micro } from '../money.ts'
import type { Model } from '../pricing/catalog.ts'
import { findModel, isServed, type RateCard } from '../pricing/find-model.ts'
import { priceOf } from '../pricing/quote.ts'
import type { ProviderRequest } from '../providers/provider.ts'
import { assertWhole, fit, measuresOf } from './fit.ts'
import type { PaidRequest } from './request.ts'

/** Most models named to an agent that is short of money. */
const AFFORDABLE_MAX = 5

type Affordable = NonNullable<RefusalFacts['affordable']>

/**
 * What could be had in place of a request for at most `left` micro-dollars: the same model with fewer outputs, then
 * models of the same kind with this call's own arguments, dearest first. `allows` says which the caller may use.
 */
export function affordable(
  request: PaidRequest | ProviderRequest,
  rates: RateCard,
  { left, allows }: { left: number; allows: (model: Model) => boolean },
): Affordable {
  const within = (model: string, count: number) =>
    priceWithin(withModel(request, model, count), rates, left)
  const fewer = request.count > 1 ? fewerOf(request, within) : []
  const asked = safely(() => findModel(request, rates).model)
  const others = [...rates.models.values()]
    .filter(({ id, operation }) => operation === request.operation && id !== asked?.id)
    .filter((model) => model.modality === (asked?.modality ?? 'image') && isServed(model))
    .filter(allows)
    .flatMap(({ id }) => {
      const price = within(id, request.count)
      return price === null ? [] : [{ model: id, price }]
    })
    .toSorted((a, b) => b.price - a.price)
    .map(({ model, price }) => ({ model, cost: money(price) }))
  return [...fewer, ...others].slice(0, AFFORDABLE_MAX)
}

/** The most outputs of the same model that are within reach. */
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

/** The price of a request, where it is accepted and no more than `left`. Free work always passes. */
function priceWithin(
  request: PaidRequest | ProviderRequest,
  rates: RateCard,
  left: number,
): Micro | null {
  const price = safely(() => {
    const found = findModel(request, rates)
    const fitted = fit(request, found).request
    assertWhole(fitted, found)
    return priceOf(found, measuresOf(fitted, found)).price
  })
  return price !== null && (price === 0 || price <= left) ? price : null
}

/** The same request to another model, or for another number of outputs. */
function withModel<R extends PaidRequest | ProviderRequest>(
  request: R,
  model: string,
  count: number,
): R {
  if (request.operation !== 'run' || count === request.count) return { ...request, model, count }
  return { ...request, model, count, input: { ...request.input, num_images: count } }
}

/** What a refusal takes out of the list. */
function safely<T>(body: () => T): T | null {
  try {
    return body()
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}
