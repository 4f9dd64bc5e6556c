import { spawnSync } from 'node:child_process'
import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { REPOSITORY } from '../../support/app.ts'
import { startStripeEmulator, type StripeEmulator } from './emulator.ts'

/** Stripe's own client on the emulator. */
function clientOf({ url }: StripeEmulator, key = 'sk_test_emulator0f3c9d'): Stripe {
  const { hostname, port } = new URL(url)
  return new Stripe(key, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0 })
}

const PARAMS = {
  mode: 'payment',
  line_items: [
    {
      quantity: 1,
      price_data: { currency: 'usd', unit_amount: 5_000, product_data: { name: 'Credits' } },
    },
  ],
  success_url: 'https://shop.example/paid',
} satisfies Stripe.Checkout.SessionCreateParams

test('the contract is the one of the installed package', () => {
  const { status } = spawnSync(process.execPath, ['scripts/gen-stripe-contract.ts', '--check'], {
    cwd: REPOSITORY,
  })
  expect(status).toBe(0)
})

test('a session goes from open to paid, and its events are listed newest first', async () => {
  await using emulator = await startStripeEmulator()
  const stripe = clientOf(emulator)
  const { id } = await stripe.checkout.sessions.create(PARAMS)
  emulator.pay(id)
  const paid = await stripe.checkout.sessions.retrieve(id, { expand: ['payment_intent'] })
  expect(paid).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
    amount_total: 5_000,
    url: null,
  })
  expect(paid.payment_intent).toMatchObject({ status: 'succeeded' })
  emulator.refund(emulator.paymentOf(id), 1_000)
  const { data } = await stripe.events.list({ limit: 2 })
  expect(data.map(({ type }) => type)).toEqual(['charge.refunded', 'refund.created'])
  expect(emulator.kept(emulator.paymentOf(id))).toBe(4_000)
  expect(emulator.mistakes).toEqual([])
})

const REFUSED: [string, object][] = [
  ['an unknown parameter', { payment_method_types: ['card'] }],
  ['a word that this version has no longer', { ui_mode: 'hosted' }],
  [
    'an amount with a fraction',
    {
      line_items: [
        {
          quantity: 1,
          price_data: { currency: 'usd', unit_amount: 19.99, product_data: { name: 'x' } },
        },
      ],
    },
  ],
  [
    'an amount below 50 cents',
    {
      line_items: [
        {
          quantity: 1,
          price_data: { currency: 'usd', unit_amount: 49, product_data: { name: 'x' } },
        },
      ],
    },
  ],
  ['a page that ends too soon', { expires_at: Math.floor(Date.now() / 1_000) + 60 }],
  ['a page that lasts too long', { expires_at: Math.floor(Date.now() / 1_000) + 90_000 }],
  ['too much metadata', { metadata: { x: 'y'.repeat(501) } }],
  ['an address that is none', { success_url: 'paid' }],
  ['no lines', { line_items: [] }],
]

test.each(REFUSED)('%s is refused', async (_, change) => {
  await using emulator = await startStripeEmulator()
  const params = { ...PARAMS, ...change } as Stripe.Checkout.SessionCreateParams
  await expect(clientOf(emulator).checkout.sessions.create(params)).rejects.toMatchObject({
    type: 'StripeInvalidRequestError',
    statusCode: 400,
  })
  expect(emulator.books.sessions.size).toBe(0)
  expect(emulator.mistakes).toEqual([])
})

test('metadata stays text, also where it looks like a number', async () => {
  await using emulator = await startStripeEmulator()
  const metadata = { install: '1234567890123456', exponent: '12345678901234e5' }
  const session = await clientOf(emulator).checkout.sessions.create({ ...PARAMS, metadata })
  expect(session.metadata).toEqual(metadata)
})

test('one idempotency key answers one session, and refuses other parameters', async () => {
  await using emulator = await startStripeEmulator()
  const { sessions } = clientOf(emulator).checkout
  const once = { idempotencyKey: 'order-1' }
  const first = await sessions.create(PARAMS, once)
  expect((await sessions.create(PARAMS, once)).id).toBe(first.id)
  await expect(
    sessions.create({ ...PARAMS, success_url: 'https://shop.example/other' }, once),
  ).rejects.toMatchObject({ type: 'StripeIdempotencyError' })
})

test('another key is refused, and what is not there is missing', async () => {
  await using emulator = await startStripeEmulator()
  await expect(clientOf(emulator, 'sk_test_other').events.list()).rejects.toMatchObject({
    type: 'StripeAuthenticationError',
  })
  const stripe = clientOf(emulator)
  await expect(stripe.checkout.sessions.retrieve('cs_test_none')).rejects.toMatchObject({
    code: 'resource_missing',
  })
  await expect(stripe.refunds.list({ payment_intent: 'pi_none' })).rejects.toMatchObject({
    code: 'resource_missing',
  })
  await expect(stripe.customers.list()).rejects.toMatchObject({ statusCode: 404 })
})

test('more refunds than a page holds are listed page by page', async () => {
  await using emulator = await startStripeEmulator()
  const stripe = clientOf(emulator)
  const { id } = await stripe.checkout.sessions.create(PARAMS)
  emulator.pay(id)
  const payment = emulator.paymentOf(id)
  for (let count = 0; count < 120; count += 1) emulator.refund(payment, 1)
  const listed = await stripe.refunds
    .list({ payment_intent: payment, limit: 100 })
    .autoPagingToArray({ limit: 1_000 })
  expect(new Set(listed.map((refund) => refund.id)).size).toBe(120)
})

test('deliveries are signed as Stripe signs them', async () => {
  await using emulator = await startStripeEmulator()
  const { id } = await clientOf(emulator).checkout.sessions.create(PARAMS)
  const [event = {}] = emulator.pay(id)
  const { body, signature } = emulator.sign(event)
  const read = clientOf(emulator).webhooks.constructEvent(body, signature, 'whsec_emulator0f3c9d')
  expect(read.type).toBe('checkout.session.completed')
})
