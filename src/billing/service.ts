import { AppError } from '../errors.ts'
import type { PurchaseTable } from '../db/schema/billing.ts'

/** The one currency of purchases. */
export const CURRENCY = 'usd'

/** Stored in the metadata of every payment, to separate it from those of other products. */
export const APP = 'inkwell'

/** The request for a checkout session. A repeated request must be identical in every field. */
export type CheckoutRequest = Pick<
  PurchaseTable,
  'id' | 'account_id' | 'cents' | 'expires_at' | 'return_url'
> & {
  /** Id of this ledger. */
  install: string
  /** Shown to the payer. */
  title: string
}

/** The current state of a checkout session at the payment service. */
export type Checkout = {
  id: string
  /** URL of the payment page while it can be used, else null. */
  url: string | null
  status: 'open' | 'complete' | 'expired'
  /** Only `paid` means paid. A complete session may still wait for its money, or never get it. */
  paymentStatus: 'paid' | 'unpaid' | 'no_payment_required'
  /** The payment of a complete session failed finally. */
  failed: boolean
  /** Whether it takes real money. */
  live: boolean
  cents: number | null
  currency: string | null
  paymentIntent: string | null
  receiptUrl: string | null
  accountId: string | null
  metadata: Readonly<Record<string, string>>
}

/** Money that was refunded, and money that a dispute holds, in US cents. */
export type Returned = { refunded: number; disputed: number }

/** Says that a session or a payment changed. Its current state is always read from the service, never from the event. */
export type PaymentEvent = {
  id: string
  live: boolean
  /** Unix time in milliseconds. */
  createdAt: number
  checkoutId: string | null
  paymentIntent: string | null
}

/**
 * Port to a payment service. Every call may throw `upstream_unavailable` or `upstream_rejected`. Only
 * `upstream_rejected` means that nothing was done.
 */
export interface PaymentService {
  name: 'stripe' | 'test'
  /** Our own process serves the payment pages and they end with it, so an open session is opened again before its page is shown again. */
  showsOwnPages: boolean
  /** Opens a session. The same request returns the same session again. */
  open(order: CheckoutRequest): Promise<Checkout>
  /** Returns null if there is no such session. */
  find(checkoutId: string): Promise<Checkout | null>
  /** Returns the refunded and disputed money of a payment. */
  returned(paymentIntent: string): Promise<Returned>
  /** Returns the events since a Unix time in milliseconds, oldest first. */
  events(since: number): Promise<PaymentEvent[]>
  /**
   * Verifies and reads a webhook delivery. Returns null for an event type that is not used. Throws
   * `invalid_input` for a wrong signature, and `billing_not_configured` if there is no webhook.
   */
  receive(body: string, signature: string): Promise<PaymentEvent | null>
}

/** Port to the test checkout page. Anyone who has its address can pay there, with test money. */
export interface TestCheckoutPage {
  find(token: string): Promise<TestCheckout | null>
  /** Pays or expires an open session. A session that is not open stays unchanged. */
  close(token: string, as: 'paid' | 'expired'): Promise<TestCheckout | null>
}

export type TestCheckout = {
  id: string
  purchaseId: string
  cents: number
  status: 'open' | 'paid' | 'expired'
}

/** The error for a delivery when there is no secret to verify its signature. */
export function noWebhook(): AppError {
  return new AppError('billing_not_configured', 'No webhook is configured on this server.', {
    hint: 'The operator of this server sets it up: the key of Stripe and the secret of the endpoint.',
    localHint: 'Set STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET.',
  })
}

/** The error where no payment service is set up. */
export function noPayments(): AppError {
  return new AppError(
    'billing_not_configured',
    'No payment service is configured on this server.',
    {
      hint: 'Go on with the credits that are left, or tell the operator of this server.',
      localHint:
        'STRIPE_SECRET_KEY sets up purchases; INKWELL_FAL_KEY uses your own fal.ai account instead.',
    },
  )
}
