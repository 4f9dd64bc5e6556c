import { clawBack } from './credits.ts'
import { creditsReturned } from '../pricing/purchases.ts'
import type { BillingDeps } from './deps.ts'
import { findByPayment } from './queries.ts'
import type { PurchaseStatus } from '../db/schema/billing.ts'
import type { Returned } from './service.ts'

/** How many times a comparison is tried when other processes change the purchase meanwhile. */
const TRIES_MAX = 10

/**
 * Takes back the credits of a purchase whose payment is refunded or disputed now, and restores them if
 * the refund failed or the dispute was won. It compares totals, so events may repeat or come in any order.
 * It skips a payment that is not settled yet, because settling runs this comparison.
 */
export async function reconcileRefunds(deps: BillingDeps, paymentIntent: string): Promise<void> {
  const service = await deps.service()
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    // The version is read before the service is called, so that the update fails if the row changes meanwhile.
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
