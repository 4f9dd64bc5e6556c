import type { Stripe } from 'stripe'
import { APP, CURRENCY, type Checkout, type CheckoutRequest } from '../service.ts'

type Session = Stripe.Checkout.Session

/** Objects to include when a session is read: its payment (for the state) and its receipt. */
export const expanded = { expand: ['payment_intent.latest_charge', 'invoice'] }

/**
 * Parameters of a payment page at Stripe. They depend only on the purchase, so a repeated request is
 * identical and returns the same session. Cards only: other methods may take days, or fail later.
 */
export function createParams(order: CheckoutRequest): Stripe.Checkout.SessionCreateParams {
  const metadata = {
    app: APP,
    install: order.install,
    purchase: order.id,
    account: order.account_id,
  }
  return {
    mode: 'payment',
    client_reference_id: order.account_id,
    line_items: [
      {
        quantity: 1,
        price_data: {
          currency: CURRENCY,
          unit_amount: order.cents,
          product_data: { name: order.title },
        },
      },
    ],
    metadata,
    payment_intent_data: { metadata, description: order.title }, // a payment does not inherit the session's metadata
    success_url: `${order.return_url}?checkout={CHECKOUT_SESSION_ID}`,
    cancel_url: `${order.return_url}?cancelled=${order.id}`,
    expires_at: Math.floor(order.expires_at / 1_000),
    adaptive_pricing: { enabled: false },
    allowed_payment_method_types: ['card'],
  }
}

/** Converts a Stripe session to a `Checkout`. */
export function toCheckout(session: Session): Checkout {
  const { payment_intent: intent } = session
  return {
    id: session.id,
    url: session.url,
    status: known(session.status, ['open', 'expired'], 'complete'),
    paymentStatus: known(session.payment_status, ['paid', 'no_payment_required'], 'unpaid'),
    failed: hasFailed(session),
    live: session.livemode,
    cents: session.amount_total,
    currency: session.currency,
    paymentIntent: typeof intent === 'string' ? intent : (intent?.id ?? null),
    receiptUrl: receiptOf(session),
    accountId: session.client_reference_id,
    metadata: session.metadata ?? {},
  }
}

/** Stripe may add new values. An unknown one becomes `otherwise`, the value that triggers nothing. */
function known<T extends string>(word: string | null, words: readonly T[], otherwise: T): T {
  return words.find((candidate) => candidate === word) ?? otherwise
}

/** Whether the payment of a complete session needs another method or was cancelled. Such a session cannot be paid again. */
function hasFailed({ status, payment_status, payment_intent: intent }: Session): boolean {
  if (status !== 'complete' || payment_status !== 'unpaid') return false
  const state = typeof intent === 'object' ? intent?.status : undefined
  return state === 'requires_payment_method' || state === 'canceled'
}

/** Returns the URL of the invoice PDF if Stripe made one, else of the receipt of the charge. */
function receiptOf({ invoice, payment_intent: intent }: Session): string | null {
  const file = typeof invoice === 'object' ? invoice?.invoice_pdf : null
  const charge = typeof intent === 'object' ? intent?.latest_charge : null
  return file ?? (typeof charge === 'object' ? charge?.receipt_url : null) ?? null
}
