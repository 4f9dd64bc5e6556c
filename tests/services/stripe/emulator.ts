import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { emptyBooks, type Books, type Session, type StripeEvent } from './books.ts'
import { API_VERSION, assertAnswer, operationOf, problemOf } from './contract.ts'
import { deliver, type Fault } from './fault.ts'
import { readForm } from './form.ts'
import { StripeRefusal, type Reply } from './reply.ts'
import { answerOf } from './routes.ts'
import { dispute, endDispute, endRefund, kept, refund } from './returns.ts'
import { endLater, expire, pay, sessionOf } from './sessions.ts'

export type { StripeEvent } from './books.ts'

export const STRIPE_TEST_KEY = 'sk_test_emulator0f3c9d'
export const WEBHOOK_SECRET = 'whsec_emulator0f3c9d'

type SeenRequest = { method: string; path: string; idempotencyKey: string | undefined }

type Signed = { body: string; signature: string }

/** A Stripe of our own on loopback: it keeps books, and holds every request and answer against Stripe's API. */
export type StripeEmulator = AsyncDisposable & {
  url: string
  key: string
  books: Books
  requests: SeenRequest[]
  /** Answers of the emulator that Stripe would not have given: always empty. */
  mistakes: string[]
  /** Injects one fault into each of the next requests to an address, such as `POST /v1/checkout/sessions`. */
  injectFaults(address: string, faults: readonly Fault[]): void
  pay(checkoutId: string, options?: { later?: boolean }): StripeEvent[]
  endLater(checkoutId: string, paid: boolean): StripeEvent[]
  expire(checkoutId: string): StripeEvent[]
  /** Changes a session as no call could. */
  alter(checkoutId: string, change: Partial<Session>): void
  refund: (payment: string, cents: number, status?: string) => ReturnType<typeof refund>
  endRefund: (id: string, as: 'failed' | 'canceled') => StripeEvent[]
  dispute: (payment: string, cents: number, status?: string) => ReturnType<typeof dispute>
  endDispute: (id: string, status: string) => StripeEvent[]
  /** The payment of a session. */
  paymentOf(checkoutId: string): string
  /** What the seller has of a payment, in cents. */
  kept(payment: string): number
  /** A delivery of an event, as the webhook gets it. */
  sign(event: object, options?: { at?: number; secret?: string }): Signed
}

export async function startStripeEmulator(
  options: { now?: () => number; livemode?: boolean; port?: number } = {},
): Promise<StripeEmulator> {
  const { now = Date.now, livemode = false } = options
  const books = emptyBooks(now, livemode)
  const requests: SeenRequest[] = []
  const mistakes: string[] = []
  const faults = new Map<string, Fault[]>()
  const replays = new Map<string, { asked: string; reply: Reply }>()

  const perform = (method: string, path: string, sent: string): Reply => {
    const found = operationOf(method, path)
    if (found === null)
      throw new StripeRefusal(404, `Unrecognized request URL (${method}: ${path})`)
    const params = readForm(sent) as object
    const problem = problemOf(found, params)
    if (problem !== null)
      throw new StripeRefusal(400, `Received unknown or bad parameters: ${problem}`)
    const body = answerOf(books, found, method, params)
    assertAnswer(found, body)
    return { status: 200, body: structuredClone(body) }
  }

  /** The same key again answers what it answered first, and nothing else may come under it. */
  const once = (key: string | undefined, method: string, path: string, sent: string): Reply => {
    if (key === undefined || method !== 'POST') return perform(method, path, sent)
    const known = replays.get(key)
    if (known === undefined) {
      const reply = perform(method, path, sent)
      replays.set(key, { asked: `${path} ${sent}`, reply })
      return reply
    }
    if (known.asked === `${path} ${sent}`) return known.reply
    throw new StripeRefusal(
      400,
      'Keys for idempotent requests can only be used with the same parameters',
      {
        type: 'idempotency_error',
      },
    )
  }

  const answer = async (request: IncomingMessage): Promise<{ reply: Reply; fault?: Fault }> => {
    const { method = 'GET' } = request
    const { pathname, search } = new URL(`http://loopback${request.url ?? '/'}`)
    const sent = method === 'POST' ? await text(request) : search.slice(1)
    const key = request.headers['idempotency-key']
    const idempotencyKey = typeof key === 'string' ? key : undefined
    requests.push({ method, path: pathname, idempotencyKey })
    const fault = faults.get(`${method} ${pathname}`)?.shift()
    if (fault !== undefined && fault.after !== true)
      return { fault, reply: { status: 500, body: {} } }
    try {
      authorize(request)
      const reply = once(idempotencyKey, method, pathname, sent)
      return fault === undefined ? { reply } : { fault, reply }
    } catch (error) {
      if (error instanceof StripeRefusal) return { reply: error.reply }
      mistakes.push(String(error))
      return {
        reply: { status: 500, body: { error: { type: 'api_error', message: String(error) } } },
      }
    }
  }

  const server = createServer((request, response) => {
    void answer(request)
      .then(({ reply, fault }) => deliver(response, reply, fault))
      .catch(() => response.destroy()) // the caller has left
  })
  await new Promise<void>((resolve) => {
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    key: STRIPE_TEST_KEY,
    books,
    requests,
    mistakes,
    injectFaults: (address, more) =>
      void faults.set(address, [...(faults.get(address) ?? []), ...more]),
    pay: (id, { later = false } = {}) => pay(books, id, later),
    endLater: (id, paid) => endLater(books, id, paid),
    expire: (id) => expire(books, id),
    alter: (id, change) => void Object.assign(sessionOf(books, id), change),
    refund: (payment, cents, status) => refund(books, payment, cents, status),
    endRefund: (id, as) => endRefund(books, id, as),
    dispute: (payment, cents, status) => dispute(books, payment, cents, status),
    endDispute: (id, status) => endDispute(books, id, status),
    paymentOf: (id) => sessionOf(books, id).payment_intent ?? '',
    kept: (payment) => kept(books, payment),
    sign: (event, { at = now(), secret = WEBHOOK_SECRET } = {}) => sign(event, at, secret),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

function authorize({ headers }: IncomingMessage): void {
  if (headers.authorization !== `Bearer ${STRIPE_TEST_KEY}`)
    throw new StripeRefusal(401, 'Invalid API Key provided: sk_test_****')
  if (headers['stripe-version'] !== API_VERSION)
    throw new StripeRefusal(400, `Invalid Stripe API version: ${String(headers['stripe-version'])}`)
}

/** Stripe's scheme: a time, and the HMAC of time and body. */
function sign(event: object, atMs: number, secret: string): Signed {
  const body = JSON.stringify(event, null, 2)
  const at = Math.floor(atMs / 1_000)
  const hash = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')
  return { body, signature: `t=${at},v1=${hash}` }
}
