import { expect, test } from 'vitest'
import { query } from '../../src/db/db.ts'
import { startStripeEmulator } from '../services/stripe/emulator.ts'
import { openShop, type Shop } from '../support/shop.ts'

const HOUR = 3_600_000

/** A session that is paid and not yet settled, with the event that says so. */
async function paidSession(shop: Shop) {
  const id = await shop.open(5_000)
  const [event = {}] = shop.stripe.pay(id)
  return { id, event }
}

test('a body that was read and written again is refused and leaves nothing', async () => {
  await using shop = await openShop()
  const { event } = await paidSession(shop)
  const { body, signature } = shop.stripe.sign(event)
  expect(await shop.post(JSON.stringify(JSON.parse(body)), signature)).toBe(400)
  expect(await shop.post(body, '')).toBe(400)
  expect(await shop.post(body, 't=1')).toBe(400)
  expect(await shop.post('{}', signature)).toBe(400)
  expect(await shop.credits()).toBe(0)
  expect(await shop.post(body, signature)).toBe(200)
})

test.each([
  { what: '301 seconds old', off: -301_000, status: 400 },
  { what: '299 seconds old', off: -298_000, status: 200 },
  { what: 'an hour in the future', off: HOUR, status: 400 },
  { what: 'without a time', off: Number.NaN, status: 400 },
])('a delivery that is $what is answered $status', async ({ off, status }) => {
  await using shop = await openShop()
  const { event } = await paidSession(shop)
  expect(await shop.deliver([event], { at: Date.now() + off })).toEqual([status])
})

test('the secret of another endpoint does not sign for this one', async () => {
  await using shop = await openShop()
  const { event } = await paidSession(shop)
  expect(await shop.deliver([event], { secret: 'whsec_other' })).toEqual([400])
  expect(await shop.credits()).toBe(0)
})

test('two signatures while a secret is being changed: one that is right is enough', async () => {
  await using shop = await openShop()
  const { event } = await paidSession(shop)
  const { body, signature } = shop.stripe.sign(event)
  expect(
    await shop.post(body, `${signature.replace(/,v1=.*/, ',v1=00')},${signature.split(',')[1]}`),
  ).toBe(200)
  expect(await shop.credits()).toBe(55_000_000)
})

test('money of another mode is acknowledged and counts for nothing', async () => {
  await using live = await startStripeEmulator({ livemode: true })
  await using shop = await openShop({ stripe: live })
  const { id, event } = await paidSession(shop)
  expect(event).toMatchObject({ livemode: true })
  expect(await shop.deliver([event])).toEqual([200])
  expect(await shop.deliver([{ ...event, livemode: false }])).toEqual([200]) // the session says it too
  expect(await shop.credits()).toBe(0)
  expect(await shop.purchase(id)).toMatchObject({ status: 'pending' })
})

test('where the ledger cannot be written the answer is 500, and the next delivery credits', async () => {
  await using shop = await openShop()
  const { event } = await paidSession(shop)
  const { db } = shop.app
  await db.write(function* breakIt() {
    yield () => ({
      sql: `create trigger broken before insert on entry begin select raise(abort, 'broken'); end`,
      parameters: [],
    })
  })
  expect(await shop.deliver([event])).toEqual([500])
  await db.write(function* mendIt() {
    yield () => ({ sql: 'drop trigger broken', parameters: [] })
  })
  expect(await shop.credits()).toBe(0)
  expect(await shop.deliver([event])).toEqual([200])
  expect(await shop.credits()).toBe(55_000_000)
})

test('a payment whose purchase is not here yet is 500, and credited when it comes again', async () => {
  await using shop = await openShop()
  const { id, event } = await paidSession(shop)
  const { db } = shop.app
  const [row] = await db.read(() => query((from) => from.selectFrom('purchase').selectAll()))
  await db.write(() => query((from) => from.deleteFrom('purchase').where('checkout_id', '=', id)))
  expect(await shop.deliver([event])).toEqual([500])
  if (row === undefined) throw new Error('no purchase')
  await db.write(() => query((from) => from.insertInto('purchase').values(row)))
  expect(await shop.deliver([event])).toEqual([200])
  expect(await shop.credits()).toBe(55_000_000)
})

test('a webhook may come before the answer to the session is known here', async () => {
  await using shop = await openShop()
  shop.stripe.injectFaults('POST /v1/checkout/sessions', [
    { kind: 'half', after: true },
    { kind: 'half' },
    { kind: 'half' },
  ])
  await expect(shop.open(5_000)).rejects.toMatchObject({ code: 'upstream_unavailable' })
  const [session] = shop.stripe.books.sessions.values()
  expect(await shop.deliver(shop.stripe.pay(session?.id ?? ''))).toEqual([200])
  expect(await shop.credits()).toBe(55_000_000)
})

test('payments of another product or another install are acknowledged, not credited', async () => {
  await using shop = await openShop()
  const { id, event } = await paidSession(shop)
  const { metadata } = shop.stripe.books.sessions.get(id) ?? { metadata: {} }
  for (const change of [{ app: 'shoes' }, { install: 'another' }]) {
    shop.stripe.alter(id, { metadata: { ...metadata, ...change } })
    expect(await shop.deliver([event])).toEqual([200])
  }
  shop.stripe.alter(id, { metadata: {} })
  expect(await shop.deliver([event])).toEqual([200])
  const other = {
    type: 'refund.created',
    data: { object: { object: 'refund', payment_intent: 'pi_other' } },
  }
  const foreign = [
    { ...event, ...other },
    { ...event, type: 'invoice.paid' },
    { ...event, data: { object: { object: 'checkout.session', id: 'cs_test_unknown' } } },
  ]
  expect(await shop.deliver(foreign)).toEqual([200, 200, 200])
  expect(await shop.credits()).toBe(0)
})

test('a webhook without a secret is not configured, and takes nothing', async () => {
  await using shop = await openShop({ noWebhook: true })
  const { event } = await paidSession(shop)
  expect(await shop.deliver([event])).toEqual([503])
  expect(await shop.credits()).toBe(0)
})
