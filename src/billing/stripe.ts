import type { Stripe } from 'stripe'
import { memoizeAsync } from '../once.ts'
import type { PaymentService } from './service.ts'
import { EVENT_TYPES, readEvent } from './stripe/events.ts'
import { asked } from './stripe/failure.ts'
import { createParams, expanded, toCheckout } from './stripe/session.ts'
import { sumReturned } from './stripe/returned.ts'
import { verified } from './stripe/signature.ts'

export type StripeOptions = {
  key: string
  webhookSecret: string | undefined
  /** An origin on this machine that stands in for api.stripe.com. */
  baseUrl: string | undefined
  /** Longest that one request may take, in milliseconds. */
  timeoutMs?: number
}

/** Somebody waits for the answer: the library's own 80 seconds are too long. */
const TIMEOUT_MS = 20_000
/** Most events that one reading takes. What lies before them is left to the daily comparison. */
const EVENTS_MAX = 10_000

/**
 * Stripe as the payment service. The client is loaded with its first call and never leaves this file: it
 * shows the key where it is printed.
 */
export function createStripe(options: StripeOptions): PaymentService {
  const opened = memoizeAsync<Stripe>()
  const client = (): Promise<Stripe> => opened('', () => openClient(options))
  return {
    name: 'stripe',
    showsOwnPages: false,
    open: (order) =>
      asked(async () => {
        const { checkout } = await client()
        const idempotencyKey = `checkout:${order.id}`
        return toCheckout(await checkout.sessions.create(createParams(order), { idempotencyKey }))
      }),
    find: (id) =>
      asked(async () => {
        const { checkout } = await client()
        return toCheckout(await checkout.sessions.retrieve(id, expanded))
      }, null),
    returned: (paymentIntent) =>
      asked(async () => {
        const { refunds, disputes } = await client()
        const payment = { payment_intent: paymentIntent, limit: 100 }
        return sumReturned(
          await refunds.list(payment).autoPagingToArray({ limit: 1_000 }),
          await disputes.list(payment).autoPagingToArray({ limit: 1_000 }),
        )
      }),
    events: (since) =>
      asked(async () => {
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
      verified(await client(), { body, signature, secret: options.webhookSecret }),
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
