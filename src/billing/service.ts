import { AppError } from '../errors.ts'
import type { PurchaseTable } from '../db/schema/billing.ts'

/** The one currency of purchases. */
export const CURRENCY = 'usd'

/** What every payment carries with it, so that events of other products and installs are told apart. */
export const APP = 'inkwell'

/** A purchase as the payment service is asked for it. A repeated order must be the same to the letter. */
export type CheckoutRequest = Pick<
  PurchaseTable,
  'id' | 'account_id' | 'cents' | 'expires_at' | 'return_url'
> & {
  install: string
  /** Shown to whoever pays. */
  title: string
}

/** A payment session as the service tells of it now. */
export type Checkout = {
  id: string
  /** The payment page, while it can be used. */
  url: string | null
  status: 'open' | 'complete' | 'expired'
  /** Only `paid` is paid: a complete session may still wait for its money, or never get it. */
  paymentStatus: 'paid' | 'unpaid' | 'no_payment_required'
  /** The payment behind a complete session failed for good. */
  failed: boolean
  live: boolean
  cents: number | null
  currency: string | null
  paymentIntent: string | null
  receiptUrl: string | null
  accountId: string | null
  metadata: Readonly<Record<string, string>>
}

/** Money that went back, or that a dispute holds, in US cents. */
export type Returned = { refunded: number; disputed: number }

/** That something happened to a session or a payment. What it is now is always asked for, never believed. */
export type PaymentEvent = {
  id: string
  live: boolean
  /** In milliseconds. */
  createdAt: number
  checkoutId: string | null
  paymentIntent: string | null
}

/**
 * Port to a payment service. Every call may throw `upstream_unavailable` or `upstream_rejected`; only the
 * latter means that nothing was done.
 */
export interface PaymentService {
  name: 'stripe' | 'test'
  /** Its pages are shown by our own processes, and end with them: they are opened anew when they are handed out again. */
  showsOwnPages: boolean
  /** Opens the session of an order; the same order again answers the same session. */
  open(order: CheckoutRequest): Promise<Checkout>
  /** Null where there is no such session. */
  find(checkoutId: string): Promise<Checkout | null>
  /** What of a payment went back. */
  returned(paymentIntent: string): Promise<Returned>
  /** Events from this instant on (milliseconds), oldest first. */
  events(since: number): Promise<PaymentEvent[]>
  /**
   * Reads a delivery; null for an event that does not matter here. Throws `invalid_input` where the
   * signature is not right, and `billing_not_configured` where none is expected.
   */
  receive(body: string, signature: string): Promise<PaymentEvent | null>
}

/** Port to the test checkout page. Everybody who has its address may pay there, with test money. */
export interface TestCheckoutPage {
  find(token: string): Promise<TestCheckout | null>
  /** Pays an open session or lets it expire. One that is not open stays as it is. */
  close(token: string, as: 'paid' | 'expired'): Promise<TestCheckout | null>
}

export type TestCheckout = {
  id: string
  purchaseId: string
  cents: number
  status: 'open' | 'paid' | 'expired'
}

/** No delivery is expected: there is nothing to hold its signature against. */
export function noWebhook(): AppError {
  return new AppError('billing_not_configured', 'No webhook is configured on this server.', {
    hint: 'Whoever runs this server sets it up: the key of Stripe and the secret of the endpoint.',
    localHint: 'Set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET.',
  })
}
