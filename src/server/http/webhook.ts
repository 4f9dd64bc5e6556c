import type { Hono } from 'hono'
import type { HttpEnv } from './context/env.ts'
import { limited } from './context/refusals.ts'

/** Largest delivery taken, in bytes: an event carries one object. */
const DELIVERY_MAX = 512 * 1024

/**
 * Where Stripe tells what happened. Its signature is the key. Any failure is answered with an error, so
 * that Stripe delivers again; what does not concern this install is acknowledged.
 */
export function webhookRoute(api: Hono<HttpEnv>): void {
  api.post('/webhooks/stripe', limited(DELIVERY_MAX), async (context) => {
    const signature = context.req.header('stripe-signature') ?? ''
    await context.var.app.billing.receive(await context.req.text(), signature)
    return context.json({ received: true })
  })
}
