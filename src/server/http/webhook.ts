import type { Hono } from 'hono'
import type { HttpEnv } from './context/env.ts'
import { limited } from './context/refusals.ts'

/** Largest delivery, in bytes. An event holds one object. */
const DELIVERY_MAX = 512 * 1024

/**
 * Route for Stripe's webhook. It is authenticated by the signature. Any failure returns an error, so that
 * Stripe delivers again. Events of other installs are acknowledged and ignored.
 */
export function webhookRoute(api: Hono<HttpEnv>): void {
  api.post('/webhooks/stripe', limited(DELIVERY_MAX), async (context) => {
    const signature = context.req.header('stripe-signature') ?? ''
    const { app } = context.var
    await app.billing.receive(await context.req.text(), signature)
    app.meter.record('webhook_received_timestamp_seconds', app.now() / 1000, {})
    return context.json({ received: true })
  })
}
