import { firstOrThrow, type TransactionBody } from '../db/db.ts'
import { topUp } from './credits.ts'
import { findPurchase } from './queries.ts'
import type { BillingDeps } from './deps.ts'
import { attachCheckout, giveUp, notePayment } from './queries.ts'
import type { PurchaseTable } from '../db/schema/billing.ts'
import { APP, CURRENCY, type Checkout } from './service.ts'
import { reconcileRefunds } from './reconcile.ts'

/** Format of a session id. The id is part of a URL of the service, so other text could reach another endpoint. */
const CHECKOUT_ID = /^cs_(test|live)_[A-Za-z0-9]{1,200}$/

/**
 * Updates a purchase to the current state of its session. This is the only path from payments to credits.
 * It is safe to run any number of times, concurrently and in any order. From a webhook, a page or a caller
 * it trusts only the id. Returns null for a session of another install. Throws if the service cannot be
 * reached, and `UnknownPurchase` for a payment whose purchase is missing: retry later.
 */
export async function fulfillCheckout(
  deps: BillingDeps,
  checkoutId: string,
): Promise<PurchaseTable | null> {
  if (!CHECKOUT_ID.test(checkoutId)) return null
  const checkout = await (await deps.service()).find(checkoutId)
  if (checkout === null || !(await isOurs(deps, checkout))) return null
  const settled = await deps.db.write(() => recordCheckout(checkout, deps.now()))
  if (settled === null) {
    deps.log.error('purchase.stranger', { checkoutId })
    return null
  }
  if (settled.problem !== null)
    deps.log.error('purchase.put_aside', { id: settled.id, problem: settled.problem })
  // Refunds and disputes may have come before the payment was known here.
  if (settled.payment_intent !== null && settled.completed_at !== null && settled.synced_at === 0)
    await reconcileRefunds(deps, settled.payment_intent)
  return settled
}

/** Whether a session belongs to this install and to the mode of this ledger (test or live money). */
async function isOurs(
  { mode, install }: BillingDeps,
  { live, metadata }: Checkout,
): Promise<boolean> {
  if (live !== (mode === 'live') || metadata['app'] !== APP) return false
  return metadata['install'] === (await install())
}

/** Stores the state of a session. Returns null if the session and the purchase it names do not match. */
function* recordCheckout(checkout: Checkout, at: number): TransactionBody<PurchaseTable | null> {
  const id = checkout.metadata['purchase'] ?? ''
  const [purchase] = yield* findPurchase({ id })
  if (purchase === undefined) throw new UnknownPurchase(checkout.id)
  if (purchase.account_id !== checkout.accountId) return null
  if (purchase.checkout_id !== checkout.id || purchase.url !== checkout.url) {
    const attached = yield* attachCheckout({ id, checkout_id: checkout.id, url: checkout.url })
    if (attached.length === 0) return null
  }
  if (purchase.completed_at !== null) return purchase
  if (checkout.paymentStatus !== 'paid') {
    const ended = finalStatus(checkout)
    if (ended !== null) yield* giveUp({ id, status: ended, problem: null })
  } else if (checkout.cents !== purchase.cents || checkout.currency !== CURRENCY) {
    const problem = `paid ${checkout.cents} ${checkout.currency}, not ${purchase.cents} ${CURRENCY}`
    yield* giveUp({ id, status: 'failed', problem })
  } else {
    const { paymentIntent: payment_intent, receiptUrl: receipt_url } = checkout
    yield* notePayment({ id, payment_intent, receipt_url })
    yield* topUp(id, at)
  }
  return firstOrThrow(yield* findPurchase({ id }))
}

/** Returns the final status of an unpaid session, or null while it can still be paid. */
function finalStatus({ status, paymentStatus, failed }: Checkout): 'failed' | 'expired' | null {
  if (status === 'expired') return 'expired'
  return failed || paymentStatus === 'no_payment_required' ? 'failed' : null
}

/** A session of this install names a purchase that is not in the ledger: not written yet, or the ledger was lost. */
class UnknownPurchase extends Error {
  override readonly name = 'UnknownPurchase'

  constructor(checkoutId: string) {
    super(`session ${checkoutId} names a purchase that this ledger does not have`)
  }
}
