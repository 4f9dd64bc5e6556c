import { expect, test } from 'vitest'
import { createAccount } from '../../src/accounts/accounts.ts'
import { countTroubles } from '../../src/billing/queries.ts'
import { ACCOUNT } from '../support/app.ts'
import { openShop } from '../support/shop.ts'

const FIFTY = 55_000_000

test('the same event delivered five times changes the balance once', async () => {
  await using shop = await openShop()
  const [paid] = shop.stripe.pay(await shop.open(5_000))
  expect(
    await shop.deliver([paid, paid, paid, paid, paid].filter((event) => event !== undefined)),
  ).toEqual([200, 200, 200, 200, 200])
  expect(await shop.credits()).toBe(FIFTY)
})

test('one webhook and ten polls at once credit once; two processes on one ledger too', async () => {
  await using shop = await openShop()
  await using other = await openShop({ stripe: shop.stripe, home: shop.app.config.home })
  const id = await shop.open(5_000)
  const paid = shop.stripe.pay(id)
  await Promise.all([
    shop.deliver(paid),
    other.deliver(paid),
    ...Array.from({ length: 5 }, () => shop.app.billing.getPurchase(ACCOUNT, id)),
    ...Array.from({ length: 5 }, () => other.app.billing.getPurchase(ACCOUNT, id)),
  ])
  expect(await shop.credits()).toBe(FIFTY)
})

test('completed and async_payment_succeeded of one session credit once', async () => {
  await using shop = await openShop()
  const id = await shop.open(5_000)
  const completed = shop.stripe.pay(id, { later: true })
  expect(await shop.deliver(completed)).toEqual([200])
  const succeeded = shop.stripe.endLater(id, true)
  expect(await shop.deliver([...succeeded, ...completed, ...succeeded])).toEqual([200, 200, 200])
  expect(await shop.credits()).toBe(FIFTY)
})

test('a complete but unpaid session is pending and brings nothing; its failure brings nothing', async () => {
  await using shop = await openShop()
  const id = await shop.open(5_000)
  await shop.deliver(shop.stripe.pay(id, { later: true }))
  expect(await shop.purchase(id)).toMatchObject({ status: 'pending' })
  expect(await shop.credits()).toBe(0)
  await shop.deliver(shop.stripe.endLater(id, false))
  expect(await shop.purchase(id)).toMatchObject({ status: 'failed' })
  expect(await shop.credits()).toBe(0)
})

test('a paid session whose amount differs from the purchase is put aside and brings nothing', async () => {
  await using shop = await openShop()
  const id = await shop.open(5_000)
  const paid = shop.stripe.pay(id)
  shop.stripe.alter(id, { amount_total: 500 })
  expect(await shop.deliver(paid)).toEqual([200])
  expect(await shop.credits()).toBe(0)
  expect(await shop.purchase(id)).toMatchObject({
    status: 'failed',
    problem: 'paid 500 usd, not 5000 usd',
  })
  expect(shop.lines).toContainEqual(expect.objectContaining({ event: 'purchase.put_aside' }))
  expect(await shop.app.db.read(countTroubles)).toEqual({ aside: 1, deadLetters: 0 })
})

test('a paid session in another currency is put aside and brings nothing', async () => {
  await using shop = await openShop()
  const id = await shop.open(5_000)
  const paid = shop.stripe.pay(id)
  shop.stripe.alter(id, { currency: 'jpy' })
  await shop.deliver(paid)
  expect(await shop.credits()).toBe(0)
  expect(await shop.purchase(id)).toMatchObject({ status: 'failed' })
})

test('a price shown in euros with the session in dollars credits as usual', async () => {
  await using shop = await openShop()
  const id = await shop.open(5_000)
  const paid = shop.stripe.pay(id)
  const presentment = { presentment_amount: 4_711, presentment_currency: 'eur' }
  shop.stripe.alter(id, { presentment_details: presentment })
  await shop.deliver(paid)
  expect(await shop.credits()).toBe(FIFTY)
})

test('credits named in metadata count for nothing: what is given follows from the purchase', async () => {
  await using shop = await openShop()
  const id = await shop.open(500)
  const paid = shop.stripe.pay(id)
  const { metadata } = shop.stripe.books.sessions.get(id) ?? { metadata: {} }
  shop.stripe.alter(id, { metadata: { ...metadata, credits: '99000000', amount: '99' } })
  await shop.deliver(paid)
  expect(await shop.credits()).toBe(5_000_000)
})

test('nothing to pay is not paid', async () => {
  await using shop = await openShop()
  const id = await shop.open(5_000)
  const paid = shop.stripe.pay(id)
  shop.stripe.alter(id, { payment_status: 'no_payment_required' })
  await shop.deliver(paid)
  expect(await shop.credits()).toBe(0)
})

test('a late expired event never undoes a payment, and an old session still settles its own purchase', async () => {
  await using shop = await openShop()
  const [first, second] = [await shop.open(5_000), await shop.open(500)]
  const stale = {
    ...shop.stripe.expire(second)[0],
    data: { object: { object: 'checkout.session', id: first } },
  }
  await shop.deliver(shop.stripe.pay(first))
  expect(await shop.deliver([stale])).toEqual([200])
  expect(await shop.purchase(first)).toMatchObject({ status: 'completed' })
  await shop.app.billing.getPurchase(ACCOUNT, second)
  expect(await shop.purchase(second)).toMatchObject({ status: 'expired' })
  expect(await shop.credits()).toBe(FIFTY)
})

test('the session of another account is refused and shows nothing', async () => {
  await using shop = await openShop()
  const { id: stranger } = await shop.app.db.write(() => createAccount('stranger', Date.now()))
  const id = await shop.open(5_000)
  const asked = shop.stripe.requests.length
  await expect(shop.app.billing.getPurchase(stranger, id)).rejects.toMatchObject({
    code: 'not_found',
  })
  await expect(shop.app.billing.getPurchase(ACCOUNT, 'cs_test_../charges')).rejects.toMatchObject({
    code: 'not_found',
  })
  expect(shop.stripe.requests).toHaveLength(asked)
})

test('a session that names the purchase of another account, or another session, credits nobody', async () => {
  await using shop = await openShop()
  const [mine, other] = [await shop.open(5_000), await shop.open(500)]
  const paid = shop.stripe.pay(other)
  const { metadata } = shop.stripe.books.sessions.get(mine) ?? { metadata: {} }
  shop.stripe.alter(other, { metadata, amount_total: 5_000 })
  expect(await shop.deliver(paid)).toEqual([200])
  shop.stripe.alter(other, { client_reference_id: 'acct_other' })
  expect(await shop.deliver(paid)).toEqual([200])
  const paidMine = shop.stripe.pay(mine)
  shop.stripe.alter(mine, { client_reference_id: 'acct_other' })
  expect(await shop.deliver(paidMine)).toEqual([200])
  expect(await shop.credits()).toBe(0)
  expect(await shop.purchase(mine)).toMatchObject({ status: 'pending' })
})
