import type { Stripe } from 'stripe'
import { AppError } from '../../errors.ts'
import { noWebhook, type PaymentEvent } from '../service.ts'
import { matters, readEvent } from './events.ts'

/** How far the time of a delivery may be from ours, in seconds, in either direction. */
const SKEW_MAX = 300

type Delivery = { body: string; signature: string; secret: string | undefined }

/**
 * Reads a delivery that Stripe signed. The library looks at deliveries that are too old; those from the
 * future it lets pass, so they are refused here. Throws `billing_not_configured` without a secret.
 */
export function verified(
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
  return matters(event.type) ? readEvent(event) : null
}

function badSignature(cause?: unknown): AppError {
  return new AppError('invalid_input', 'The signature of this delivery is not right.', {
    hint: 'Sign it with the secret of this endpoint that the server was given, and deliver it unchanged and within 5 minutes.',
    localHint: 'STRIPE_WEBHOOK_SECRET holds the secret.',
    cause,
  })
}
