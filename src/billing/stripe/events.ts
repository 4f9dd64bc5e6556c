import type { Stripe } from 'stripe'
import type { PaymentEvent } from '../service.ts'

/** Everything that can change what a purchase is worth. A webhook needs these, and no others. */
export const EVENT_TYPES = [
  'checkout.session.completed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.async_payment_failed',
  'checkout.session.expired',
  'charge.refunded',
  'charge.refund.updated',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'charge.dispute.closed',
] as const

/** What an event is about. Its own copy of the object may be old, and of another version of the API. */
export function readEvent({ id, type, livemode, created, data }: Stripe.Event): PaymentEvent {
  const object: { object: string; id?: unknown; payment_intent?: unknown } = data.object
  const isSession = object.object === 'checkout.session'
  const intent = object.payment_intent
  return {
    id,
    live: livemode,
    createdAt: created * 1_000,
    checkoutId: isSession && matters(type) ? String(object.id) : null,
    paymentIntent: !isSession && matters(type) && typeof intent === 'string' ? intent : null,
  }
}

export function matters(type: string): boolean {
  return (EVENT_TYPES as readonly string[]).includes(type)
}
