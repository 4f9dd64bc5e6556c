import { withModelLists, type Caller } from '../accounts/caller.ts'
import type { TransactionBody } from '../db/db.ts'
import { wouldAsk } from '../approvals/refusals.ts'
import { AppError } from '../errors.ts'
import { newId } from '../ids.ts'
import { OUTPUT_SPACE } from '../media/disk-space.ts'
import type { Micro } from '../money.ts'
import { assertMayUse } from '../pricing/model-list.ts'
import { begin, type Beginning, type Order } from './begin.ts'
import { approvalLimit, askOrBegin } from './begin-approved.ts'
import { assertWhole } from './fit.ts'
import { allowanceOf, quoteOrder } from './order.ts'
import type { GenerationDeps } from './deps.ts'
import { assertWithinMax, withAffordable } from './refuse.ts'
import type { PaidRequest } from './request.ts'

/** The price of a request, and the error that the real call would throw now; null if none. */
export type DryRun = Pick<Order, 'quote' | 'remarks'> & { refusal: AppError | null }

/**
 * Returns the price of a request and whether it would be allowed now. Takes the steps of the real call and rolls them
 * back.
 */
export async function dryRun(
  deps: GenerationDeps,
  request: PaidRequest,
  requester: Caller,
  { maxCost, signal }: { maxCost: Micro | null; signal: AbortSignal },
): Promise<DryRun> {
  const caller = await withModelLists(deps.db, requester)
  const orderRequest = { request, caller, idempotencyKey: null, saveAs: null }
  const { order, found, fitted } = await quoteOrder(deps, orderRequest, signal)
  const { quote, remarks } = order
  const lease = deps.jobs.lease()
  const allowance = allowanceOf(deps, order, 1) // only the provider knows the real number of jobs
  const limit = approvalLimit(order, deps.approveAbove)
  const tryBegin = () =>
    runAndRollBack(() => beginOnce({ order, lease, at: deps.now(), allowance }, limit))
  try {
    await withAffordable(deps, { request: fitted, caller, maxCost }, async () => {
      assertMayUse(caller.models, found.model, deps.rates)
      assertWhole(fitted, found)
      assertWithinMax(quote, maxCost, caller)
      await deps.guard.assertUsable(caller.account.id)
      await deps.diskSpace.assertFits(quote.count * OUTPUT_SPACE)
      await deps.db.write(tryBegin)
    })
  } catch (error) {
    if (error instanceof AppError) return { quote, remarks, refusal: error }
    if (!(error instanceof RolledBack)) throw error
  }
  return { quote, remarks, refusal: null }
}

function* beginOnce(beginning: Beginning, limit: number | null): TransactionBody<void> {
  if (limit === null) return void (yield* begin(beginning))
  const found = yield* askOrBegin(beginning, newId('apr', beginning.at))
  if ('pending' in found) throw wouldAsk(found.pending.amount, limit)
}

class RolledBack extends Error {}

function* runAndRollBack(unit: () => TransactionBody<unknown>): TransactionBody<never> {
  yield* unit()
  throw new RolledBack()
}
