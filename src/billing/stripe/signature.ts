import type { Stripe } from 'stripe'
import { AppError } from '../../errors.ts'
import { noWebhook, type PaymentEvent } from '../service.ts'
import { isHandled, readEvent } from './events.ts'

/** Largest difference between the time of a delivery and our clock, in seconds, in both directions. */
const SKEW_MAX = 300

type Delivery = { body: string; signature: string; secret: string | undefined }

/**
 * Verifies and reads a delivery of Stripe. The library refuses deliveries that are too old but accepts
 * those from the future, so they are refused here. Throws `billing_not_configured` without a secret, and
 * `invalid_input` for a bad signature.
 */
export function verifyDelivery(
  { webhooks }: Stripe,
  { body, signature, secret }: Delivery,
): PaymentEvent | null {
  if (secret === undefined) throw noWebhook()
  const at = Number(/(?:^|,)t=(\d+)(?:,|$)/.exec(signature)?.[1])
  if (!(Math.abs(at - Date.now() / 1_000) <= SKEW_MAX)) throw badSignature()
  let event: Stripe.Event
  try {
    event = webhooks.constructEvent(body, signature, secret, SKEW_MAX)
  } catch (cause) {
    throw badSignature(cause)
  }
  return isHandled(event.type) ? readEvent(event) : null
}

function badSignature(cause?: unknown): AppError {
  return new AppError('invalid_input', 'The signature of this delivery is not valid.', {
    hint: 'Sign it with the endpoint secret that this server has, and deliver it unchanged and within 5 minutes.',
    localHint: 'STRIPE_WEBHOOK_SECRET holds the secret.',
    cause,
  })
}
