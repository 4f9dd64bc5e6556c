import type { Stripe } from 'stripe'
import type { PaymentEvent } from '../service.ts'

/** All event types that can change the value of a purchase. A webhook needs exactly these. */
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

/** Reads only the ids from an event: its copy of the object may be outdated or of another API version. */
export function readEvent({ id, type, livemode, created, data }: Stripe.Event): PaymentEvent {
  const object: { object: string; id?: unknown; payment_intent?: unknown } = data.object
  const isSession = object.object === 'checkout.session'
  const intent = object.payment_intent
  return {
    id,
    live: livemode,
    createdAt: created * 1_000,
    checkoutId: isSession && isHandled(type) ? String(object.id) : null,
    paymentIntent: !isSession && isHandled(type) && typeof intent === 'string' ? intent : null,
  }
}

/** Whether an event type is one of `EVENT_TYPES`. */
export function isHandled(type: string): boolean {
  return (EVENT_TYPES as readonly string[]).includes(type)
}
