import { listed, type Caller } from '../accounts/caller.ts'
import type { Unit } from '../db/db.ts'
import { AppError } from '../errors.ts'
import type { Micro } from '../money.ts'
import { assertMayUse } from '../pricing/model-list.ts'
import type { Quote } from '../pricing/quote.ts'
import { begin } from './begin.ts'
import { placeOrder, type GenerationDeps } from './perform.ts'
import { assertWithinMax, withAffordable } from './refuse.ts'
import type { PaidRequest } from './request.ts'

export type Offer = { quote: Quote; refusal: AppError | null }

/** The price of a request and whether it would be allowed now: the same steps as the real call, all undone. */
export async function offer(
  deps: GenerationDeps,
  request: PaidRequest,
  asking: Caller,
  maxCost: Micro | null,
): Promise<Offer> {
  const order = placeOrder(deps, request, await listed(deps.db, asking), null)
  const rehearsal = () => rehearse(() => begin(order, deps.jobs.lease(), deps.now()))
  try {
    assertMayUse(order.caller.models, order.quote, deps.rates)
    assertWithinMax(order.quote, maxCost)
    await withAffordable(order, deps.rates, () => deps.db.write(rehearsal))
  } catch (error) {
    if (error instanceof AppError) return { quote: order.quote, refusal: error }
    if (!(error instanceof Rehearsed)) throw error
  }
  return { quote: order.quote, refusal: null }
}

class Rehearsed extends Error {}

function* rehearse(unit: () => Unit<unknown>): Unit<never> {
  yield* unit()
  throw new Rehearsed()
}
