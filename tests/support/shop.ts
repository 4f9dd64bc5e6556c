import { createApp, type App } from '../../src/app.ts'
import { createStripe } from '../../src/billing/stripe.ts'
import type { PurchaseTable } from '../../src/db/schema/billing.ts'
import { loadConfig } from '../../src/config.ts'
import { firstOrThrow, query } from '../../src/db/db.ts'
import { openAccount } from '../../src/ledger/ledger.ts'
import { SIGNUP_GRANT } from '../../src/ledger/rules.ts'
import { findAccount } from '../../src/ledger/queries/account.ts'
import { findDifference } from '../../src/verify.ts'
import { createHttp, type HttpServer } from '../../src/server/http/http.ts'
import { ACCOUNT, temporaryHome, type Settings } from './app.ts'
import { recordingLog, type Line } from './live.ts'
import {
  startStripeEmulator,
  WEBHOOK_SECRET,
  type StripeEmulator,
  type StripeEvent,
} from '../services/stripe/emulator.ts'

/** Where people come back to; no page is shown in these tests. */
const PAGES = 'http://127.0.0.1:9'

/** The real app on a real ledger, with the real Stripe adapter on an emulator, and its HTTP face. */
export type Shop = AsyncDisposable & {
  app: App
  stripe: StripeEmulator
  http: HttpServer
  lines: Line[]
  /** Moves the clock on, in milliseconds. */
  pass(ms: number): void
  /** Opens a purchase of US cents and answers its session. */
  open(cents: number, accountId?: string): Promise<string>
  /** Opens a purchase, has it paid and settles it by its webhook. Answers session and payment. */
  bought(cents: number): Promise<{ checkoutId: string; payment: string }>
  /** Delivers events to the webhook, one after the other. Answers the statuses. */
  deliver(events: readonly object[], options?: { at?: number; secret?: string }): Promise<number[]>
  /** Posts a body to the webhook as it is. */
  post(body: string, signature: string): Promise<number>
  /** What purchases brought so far, in micro-dollars: the balance without the grant and with any debt. */
  credits(accountId?: string): Promise<number>
  purchase(checkoutId: string): Promise<PurchaseTable>
}

export type ShopOptions = {
  /** Settings of the process, such as a database. */
  env?: Settings
  stripe?: StripeEmulator
  home?: string
  /** No webhook is configured. */
  noWebhook?: boolean
  /** How long a request to Stripe may take, in milliseconds. */
  timeoutMs?: number
}

export async function openShop(options: ShopOptions = {}): Promise<Shop> {
  let ahead = 0
  const now = (): number => Date.now() + ahead
  const home = options.home === undefined ? temporaryHome() : undefined
  const stripe = options.stripe ?? (await startStripeEmulator({ now }))
  const lines: Line[] = []
  const webhookSecret = options.noWebhook === true ? undefined : WEBHOOK_SECRET
  const env = {
    INKWELL_HOME: options.home ?? home?.path ?? '',
    STRIPE_SECRET_KEY: stripe.key,
    INKWELL_STRIPE_BASE_URL: stripe.url,
    ...options.env,
  }
  const config = loadConfig(env)
  const app = createApp(config, {
    now,
    log: recordingLog(lines),
    openPayments: async () =>
      createStripe({
        key: stripe.key,
        webhookSecret,
        baseUrl: stripe.url,
        timeoutMs: options.timeoutMs ?? 10_000,
      }),
  })
  app.showPagesAt(async () => PAGES)
  await app.db.write(() => openAccount(ACCOUNT, 'local', now()))
  const http = await createHttp(app, { hosts: ['localhost'], publicUrl: undefined })

  const post: Shop['post'] = async (body, signature) => {
    const headers = { 'stripe-signature': signature, 'content-type': 'application/json' }
    const request = new Request('http://localhost/webhooks/stripe', {
      method: 'POST',
      body,
      headers: { ...headers, host: 'localhost' },
    })
    return (await http.fetch(request)).status
  }
  const deliver: Shop['deliver'] = async (events, { at = Date.now(), ...more } = {}) => {
    const statuses: number[] = []
    for (const event of events) {
      const { body, signature } = stripe.sign(event, { at, ...more })
      statuses.push(await post(body, signature))
    }
    return statuses
  }
  const open: Shop['open'] = async (cents, accountId = ACCOUNT) =>
    (await app.billing.open({ accountId, cents })).checkout_id ?? ''

  return {
    app,
    stripe,
    http,
    lines,
    pass: (ms) => void (ahead += ms),
    open,
    bought: async (cents) => {
      const checkoutId = await open(cents)
      await deliver(stripe.pay(checkoutId))
      return { checkoutId, payment: stripe.paymentOf(checkoutId) }
    },
    deliver,
    post,
    credits: async (accountId = ACCOUNT) => {
      const [account] = await app.db.read(() => findAccount({ id: accountId }))
      const { available = 0, held = 0, debt = 0, spent = 0 } = account ?? {}
      return available + held + spent - debt - SIGNUP_GRANT
    },
    purchase: async (checkoutId) =>
      firstOrThrow(
        await app.db.read(() =>
          query((db) =>
            db.selectFrom('purchase').selectAll().where('checkout_id', '=', checkoutId),
          ),
        ),
      ),
    async [Symbol.asyncDispose]() {
      const difference = await app.db.read(findDifference)
      await http.close()
      await app.close()
      if (options.stripe === undefined) await stripe[Symbol.asyncDispose]()
      home?.[Symbol.dispose]()
      if (difference !== null) throw new Error(`the ledger differs: ${difference.invariant}`)
      if (stripe.mistakes.length > 0) throw new Error(stripe.mistakes.join('\n'))
    },
  }
}

/** The events of one kind. */
export function ofType(events: readonly StripeEvent[], type: string): StripeEvent[] {
  return events.filter((event) => event.type === type)
}

/** Every order of a few things. */
export function orders<T>(things: readonly T[]): T[][] {
  if (things.length < 2) return [[...things]]
  return things.flatMap((thing, place) =>
    orders(things.toSpliced(place, 1)).map((rest) => [thing, ...rest]),
  )
}
