import { clawBack } from './credits.ts'
import { creditsReturned } from '../pricing/purchases.ts'
import type { BillingDeps } from './deps.ts'
import { findByPayment } from './queries.ts'
import type { PurchaseStatus } from '../db/schema/billing.ts'
import type { Returned } from './service.ts'

/** How often a comparison that another process overtook is made anew. */
const TRIES_MAX = 10

/**
 * Takes back of a purchase what refunds and disputes hold of its payment now, or gives it back where
 * they failed or were won. It compares sums, and so needs no event to come once or in order. A payment
 * that was not settled here is left alone: settling it compares.
 */
export async function reconcileRefunds(deps: BillingDeps, paymentIntent: string): Promise<void> {
  const service = await deps.service()
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    // The version is read before the service is asked: what changes meanwhile is seen by the guard.
    const [purchase] = await deps.db.read(() => findByPayment({ payment_intent: paymentIntent }))
    if (purchase === undefined || purchase.completed_at === null) return
    const { id, version, cents } = purchase
    const returned = await service.returned(paymentIntent)
    const target = creditsReturned(purchase, returned.refunded + returned.disputed)
    const status = statusOf(returned, cents)
    if (await deps.db.write(() => clawBack({ id, version, target, status }, deps.now()))) return
  }
  throw new Error(`the purchase behind ${paymentIntent} changes faster than it can be compared`)
}

function statusOf({ refunded, disputed }: Returned, cents: number): PurchaseStatus {
  if (disputed > 0) return 'disputed'
  if (refunded === 0) return 'completed'
  return refunded >= cents ? 'refunded' : 'partially_refunded'
}
