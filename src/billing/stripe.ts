import type { Stripe } from 'stripe'
import { memoizeAsync } from '../once.ts'
import type { PaymentService } from './service.ts'
import { EVENT_TYPES, readEvent } from './stripe/events.ts'
import { withStripeErrors } from './stripe/failure.ts'
import { createParams, expanded, toCheckout } from './stripe/session.ts'
import { sumReturned } from './stripe/returned.ts'
import { verifyDelivery } from './stripe/signature.ts'

export type StripeOptions = {
  key: string
  webhookSecret: string | undefined
  /** A local origin that replaces api.stripe.com in tests. */
  baseUrl: string | undefined
  /** Timeout of one request, in milliseconds. */
  timeoutMs?: number
}

/** Default timeout in milliseconds. The library's default of 80 seconds is too long for a caller who waits. */
const TIMEOUT_MS = 20_000
/** Most events read at once. The daily comparison covers older ones. */
const EVENTS_MAX = 10_000

/**
 * Creates the Stripe payment service. The client is loaded on the first call. It never leaves this file,
 * because printing it would show the key.
 */
export function createStripe(options: StripeOptions): PaymentService {
  const clients = memoizeAsync<Stripe>()
  const client = (): Promise<Stripe> => clients('', () => openClient(options))
  return {
    name: 'stripe',
    showsOwnPages: false,
    open: (order) =>
      withStripeErrors(async () => {
        const { checkout } = await client()
        const idempotencyKey = `checkout:${order.id}`
        return toCheckout(await checkout.sessions.create(createParams(order), { idempotencyKey }))
      }),
    expire: (id) =>
      withStripeErrors(async () => {
        const { checkout } = await client()
        const { status } = await checkout.sessions.retrieve(id)
        if (status === 'open') await checkout.sessions.expire(id)
      }, undefined),
    find: (id) =>
      withStripeErrors(async () => {
        const { checkout } = await client()
        return toCheckout(await checkout.sessions.retrieve(id, expanded))
      }, null),
    returned: (paymentIntent) =>
      withStripeErrors(async () => {
        const { refunds, disputes } = await client()
        const payment = { payment_intent: paymentIntent, limit: 100 }
        return sumReturned(
          await refunds.list(payment).autoPagingToArray({ limit: 1_000 }),
          await disputes.list(payment).autoPagingToArray({ limit: 1_000 }),
        )
      }),
    events: (since) =>
      withStripeErrors(async () => {
        const { events } = await client()
        const wanted = {
          types: [...EVENT_TYPES],
          created: { gte: Math.floor(since / 1_000) },
          limit: 100,
        }
        const newestFirst = await events.list(wanted).autoPagingToArray({ limit: EVENTS_MAX })
        return newestFirst.toReversed().map(readEvent)
      }),
    receive: async (body, signature) =>
      verifyDelivery(await client(), { body, signature, secret: options.webhookSecret }),
  }
}

async function openClient({
  key,
  baseUrl,
  timeoutMs = TIMEOUT_MS,
}: StripeOptions): Promise<Stripe> {
  const { Stripe: Client } = await import('stripe')
  const { protocol, hostname, port } = new URL(baseUrl ?? 'https://api.stripe.com')
  return new Client(key, {
    timeout: timeoutMs,
    telemetry: false,
    appInfo: { name: 'inkwell-mcp' },
    ...(baseUrl !== undefined && {
      protocol: protocol === 'https:' ? 'https' : 'http',
      host: hostname,
      port: Number(port) || (protocol === 'https:' ? 443 : 80),
    }),
  })
}
