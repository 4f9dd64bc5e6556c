import { expect, test } from 'vitest'
import { ACCOUNT } from '../support/app.ts'
import { openShop } from '../support/shop.ts'

const MINUTE = 60_000
const DAY = 86_400_000

test('without any webhook a reading of the balance credits, and the events take a refund back', async () => {
  await using shop = await openShop()
  const id = await shop.open(5_000)
  shop.stripe.pay(id)
  await shop.app.billing.refresh(ACCOUNT)
  expect(await shop.credits()).toBe(55_000_000)
  shop.stripe.refund(shop.stripe.paymentOf(id), 5_000)
  shop.pass(2 * MINUTE)
  await shop.app.billing.refresh(ACCOUNT)
  expect(await shop.credits()).toBe(0)
})

test('the timer settles a purchase by itself, and asks less and less often about an old one', async () => {
  await using shop = await openShop()
  const [first, second] = [await shop.open(5_000), await shop.open(500)]
  shop.stripe.pay(first)
  shop.pass(MINUTE)
  await shop.app.billing.work()
  expect(await shop.credits()).toBe(55_000_000)
  const asked = () => shop.stripe.requests.filter(({ path }) => path.endsWith(second)).length
  const before = asked()
  for (let minute = 0; minute < 60; minute += 1) {
    shop.pass(MINUTE)
    await shop.app.billing.work()
  }
  expect(asked() - before).toBeLessThan(25)
  shop.stripe.pay(second)
  shop.pass(5 * MINUTE)
  await shop.app.billing.work()
  expect(await shop.credits()).toBe(60_000_000)
})

test('a poison event becomes a dead letter: those behind it are processed, and it is tried again', async () => {
  await using shop = await openShop()
  const { payment } = await shop.bought(5_000)
  const poisoned = await shop.open(500)
  const retrieve = `GET /v1/checkout/sessions/${poisoned}`
  shop.stripe.pay(poisoned)
  shop.stripe.refund(payment, 5_000)
  const failure = { kind: 'status', status: 500 } as const
  shop.stripe.injectFaults(retrieve, [failure, failure]) // by its poll and by its event
  shop.pass(2 * MINUTE)
  await shop.app.billing.work()
  expect(await shop.credits()).toBe(0) // the refund behind it
  expect(shop.lines).toContainEqual(expect.objectContaining({ event: 'event.dead_letter' }))
  shop.pass(2 * MINUTE)
  await shop.app.billing.work()
  expect(await shop.credits()).toBe(5_000_000)
})

test('a dispute that no event told of is found by the daily comparison', async () => {
  await using shop = await openShop()
  const { payment } = await shop.bought(5_000)
  shop.stripe.dispute(payment, 5_000)
  shop.stripe.books.events.length = 0
  shop.pass(60 * MINUTE)
  await shop.app.billing.work()
  expect(await shop.credits()).toBe(55_000_000)
  shop.pass(DAY)
  await shop.app.billing.work()
  expect(await shop.credits()).toBe(0)
})

test('another process asks no more often: the events are read by one of them', async () => {
  await using shop = await openShop()
  await using other = await openShop({ stripe: shop.stripe, home: shop.app.config.home })
  await shop.open(5_000)
  for (const { app } of [shop, other, shop, other]) await app.billing.work()
  expect(shop.stripe.requests.filter(({ path }) => path === '/v1/events')).toHaveLength(1)
})

test('a ledger without purchases never asks Stripe', async () => {
  await using shop = await openShop()
  await shop.app.billing.refresh(ACCOUNT)
  await shop.app.billing.work()
  expect(shop.stripe.requests).toEqual([])
})
