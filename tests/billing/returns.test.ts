import { expect, test } from 'vitest'
import { capture, hold } from '../../src/ledger/ledger.ts'
import { latestTransactions } from '../../src/usage/transactions.ts'
import { ACCOUNT } from '../support/app.ts'
import { holdOf, NO_CAPS } from '../support/holds.ts'
import { ofType, openShop, orders } from '../support/shop.ts'

const DAY = 86_400_000

test('a redelivered refund of a part takes that part once', async () => {
  await using shop = await openShop()
  const { payment } = await shop.bought(5_000)
  const { events } = shop.stripe.refund(payment, 1_000)
  await shop.deliver([...events, ...events, ...events])
  expect(await shop.credits()).toBe(44_000_000)
})

test('refunds of $10 and $5 of $50 leave 70 % of the credits, in any order of their events', async () => {
  await using shop = await openShop()
  for (const places of orders([0, 1, 2, 3])) {
    const before = await shop.credits()
    const { payment, checkoutId } = await shop.bought(5_000)
    const events = [1_000, 500].flatMap((cents) => shop.stripe.refund(payment, cents).events)
    await shop.deliver(places.map((place) => events[place] ?? {}))
    expect(await shop.credits()).toBe(before + 38_500_000)
    expect(await shop.purchase(checkoutId)).toMatchObject({ status: 'partially_refunded' })
    shop.pass(DAY) // so many purchases of one day are too many
  }
})

test('a charge.refunded event that lists no refunds still takes back', async () => {
  await using shop = await openShop()
  const { payment } = await shop.bought(5_000)
  const { events } = shop.stripe.refund(payment, 2_500)
  const [refunded] = ofType(events, 'charge.refunded')
  expect(JSON.stringify(refunded)).not.toContain('"refunds"')
  await shop.deliver(refunded === undefined ? [] : [refunded])
  expect(await shop.credits()).toBe(27_500_000)
})

test('a full refund of $50 takes back all $55 of credits', async () => {
  await using shop = await openShop()
  const { payment, checkoutId } = await shop.bought(5_000)
  await shop.deliver(shop.stripe.refund(payment, 5_000).events)
  expect(await shop.credits()).toBe(0)
  expect(await shop.purchase(checkoutId)).toMatchObject({
    status: 'refunded',
    clawed_back: 55_000_000,
  })
})

test.each(['failed', 'canceled'] as const)(
  'a refund that is %s gives the credits back',
  async (end) => {
    await using shop = await openShop()
    const { payment, checkoutId } = await shop.bought(5_000)
    const { object, events } = shop.stripe.refund(payment, 5_000, 'pending')
    await shop.deliver(events)
    expect(await shop.credits()).toBe(0)
    const ended = shop.stripe.endRefund(object.id, end)
    await shop.deliver([...ended, ...events])
    expect(await shop.credits()).toBe(55_000_000)
    expect(await shop.purchase(checkoutId)).toMatchObject({ status: 'completed' })
  },
)

test('a dispute takes back, a won one gives exactly that back, a later refund takes again and never more than given', async () => {
  await using shop = await openShop()
  const { payment, checkoutId } = await shop.bought(5_000)
  const { object, events } = shop.stripe.dispute(payment, 5_000)
  await shop.deliver(events)
  expect(await shop.credits()).toBe(0)
  expect(await shop.purchase(checkoutId)).toMatchObject({ status: 'disputed' })
  await shop.deliver([...shop.stripe.endDispute(object.id, 'won'), ...events])
  expect(await shop.credits()).toBe(55_000_000)
  await shop.deliver(shop.stripe.refund(payment, 3_000).events)
  await shop.deliver(shop.stripe.dispute(payment, 5_000).events) // more than is left of the payment
  expect(await shop.credits()).toBe(0)
})

test.each([
  { status: 'lost', left: 0 },
  { status: 'appeal_under_review', left: 0 },
  { status: 'prevented', left: 55_000_000 },
])('a dispute that ends $status leaves $left', async ({ status, left }) => {
  await using shop = await openShop()
  const { payment } = await shop.bought(5_000)
  const { object, events } = shop.stripe.dispute(payment, 5_000)
  await shop.deliver([...events, ...shop.stripe.endDispute(object.id, status)])
  expect(await shop.credits()).toBe(left)
})

test('an inquiry of a bank moves no money and takes nothing back', async () => {
  await using shop = await openShop()
  const { payment } = await shop.bought(5_000)
  await shop.deliver(shop.stripe.dispute(payment, 5_000, 'warning_needs_response').events)
  expect(await shop.credits()).toBe(55_000_000)
})

test('a refund before the payment is known nets to nothing, as after it', async () => {
  await using shop = await openShop()
  const id = await shop.open(5_000)
  const paid = shop.stripe.pay(id)
  const { events } = shop.stripe.refund(shop.stripe.paymentOf(id), 5_000)
  expect(await shop.deliver(events)).toEqual([200, 200])
  await shop.deliver(paid)
  expect(await shop.credits()).toBe(0)
  expect(await shop.purchase(id)).toMatchObject({ status: 'refunded' })
})

test('credits that were spent become a debt: paid calls are refused until it is paid', async () => {
  await using shop = await openShop()
  const { db } = shop.app
  const { payment } = await shop.bought(1_000)
  await db.write(() =>
    hold(holdOf({ id: 'gen_1', amount: 12_000_000, account_id: ACCOUNT }), NO_CAPS),
  )
  await db.write(() => capture('gen_1', 12_000_000, Date.now()))
  await shop.deliver(shop.stripe.refund(payment, 1_000).events)
  const another = (id: string) =>
    db.write(() => hold(holdOf({ id, amount: 1, account_id: ACCOUNT }), NO_CAPS))
  await expect(another('gen_2')).rejects.toMatchObject({ code: 'insufficient_credits' })
  await shop.bought(500) // owed are $7
  await expect(another('gen_3')).rejects.toMatchObject({ code: 'insufficient_credits' })
  await shop.bought(501)
  expect(await another('gen_4')).toBe(true)
})

test('a purchase that was taken back is a reversed top-up: costs add up to the balance', async () => {
  await using shop = await openShop()
  const { payment } = await shop.bought(5_000)
  const { object, events } = shop.stripe.refund(payment, 2_000, 'pending')
  await shop.deliver(events)
  await shop.deliver(shop.stripe.endRefund(object.id, 'failed'))
  await shop.deliver(shop.stripe.refund(payment, 1_000).events)
  const listed = await shop.app.db.read(() => latestTransactions(ACCOUNT, 10))
  expect(listed.map(({ type, cost, status }) => [type, cost, status])).toEqual([
    ['top_up', 11_000_000, 'reversed'],
    ['top_up', -22_000_000, 'completed'],
    ['top_up', 22_000_000, 'reversed'],
    ['top_up', -55_000_000, 'completed'],
    ['top_up', -5_000_000, 'completed'],
  ])
  expect(await shop.credits()).toBe(44_000_000)
})
