import type { Caller } from '../accounts/caller.ts'
import type { Unit } from '../db/db.ts'
import { AppError } from '../errors.ts'
import type { Micro } from '../money.ts'
import type { Quote } from '../pricing/quote.ts'
import { begin } from './begin.ts'
import { allowanceOf, placeOrder, type GenerationDeps } from './perform.ts'
import { assertWithinMax, withAffordable } from './refuse.ts'
import type { PaidRequest } from './request.ts'

export type Offer = { quote: Quote; refusal: AppError | null }

/** The price of a request and whether it would be allowed now: the same steps as the real call, all undone. */
export async function offer(
  deps: GenerationDeps,
  request: PaidRequest,
  caller: Caller,
  maxCost: Micro | null,
): Promise<Offer> {
  const order = placeOrder(deps, request, caller, null)
  const lease = deps.jobs.lease()
  const allowance = allowanceOf(deps, order, 1) // how many jobs it will be only its provider knows
  const rehearsal = () => rehearse(() => begin({ order, lease, at: deps.now(), allowance }))
  try {
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
