import { firstOrThrow, type Unit } from '../db/db.ts'
import { topUp } from './credits.ts'
import { findPurchase } from './queries.ts'
import type { BillingDeps } from './deps.ts'
import { attachCheckout, giveUp, notePayment } from './queries.ts'
import type { PurchaseTable } from '../db/schema/billing.ts'
import { APP, CURRENCY, type Checkout } from './service.ts'
import { reconcileRefunds } from './reconcile.ts'

/** The form of a session's id. Another one would reach another address of the service. */
const CHECKOUT_ID = /^cs_(test|live)_[A-Za-z0-9]{1,200}$/

/**
 * Brings a purchase to what its session is now: the one way in which payments become credits, safe to
 * run any number of times, at once and in any order. Nothing that a webhook, a page or a caller says is
 * believed but the id. Null for a session that is none of ours. Throws where the service cannot be
 * asked, and `UnknownPurchase` for a payment without its purchase: ask again later.
 */
export async function fulfillCheckout(
  deps: BillingDeps,
  checkoutId: string,
): Promise<PurchaseTable | null> {
  if (!CHECKOUT_ID.test(checkoutId)) return null
  const checkout = await (await deps.service()).find(checkoutId)
  if (checkout === null || !(await isOurs(deps, checkout))) return null
  const settled = await deps.db.write(() => record(checkout, deps.now()))
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

/** Whether a session belongs to this install, and its money is of the kind that this ledger keeps. */
async function isOurs(
  { mode, install }: BillingDeps,
  { live, metadata }: Checkout,
): Promise<boolean> {
  if (live !== (mode === 'live') || metadata['app'] !== APP) return false
  return metadata['install'] === (await install())
}

/** Null where the session and the purchase that it names do not belong together. */
function* record(checkout: Checkout, at: number): Unit<PurchaseTable | null> {
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
    const ended = endOf(checkout)
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

/** How a session without its payment ended; null while it can still be paid. */
function endOf({ status, paymentStatus, failed }: Checkout): 'failed' | 'expired' | null {
  if (status === 'expired') return 'expired'
  return failed || paymentStatus === 'no_payment_required' ? 'failed' : null
}

/** A session of this install names a purchase that is not here: not yet, or a ledger was lost. */
class UnknownPurchase extends Error {
  override readonly name = 'UnknownPurchase'

  constructor(checkoutId: string) {
    super(`session ${checkoutId} names a purchase that this ledger does not have`)
  }
}
