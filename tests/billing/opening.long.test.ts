import { expect, test } from 'vitest'
import { ACCOUNT } from '../support/app.ts'
import { openShop } from '../support/shop.ts'

const HOUR = 3_600_000
const OPEN = 'POST /v1/checkout/sessions'

test('opening a purchase again answers the same session, in its own words and under its own key', async () => {
  await using shop = await openShop()
  const first = await shop.open(5_000)
  shop.pass(10_000)
  expect(await shop.open(5_000)).toBe(first)
  expect(await shop.open(500)).not.toBe(first)
  const keys = shop.stripe.requests
    .filter(({ method }) => method === 'POST')
    .map((one) => one.idempotencyKey)
  expect(new Set(keys).size).toBe(2)
  expect(keys[0]).toMatch(/^checkout:pur_/)
})

test('a session whose answer was lost is found again, and none is made twice', async () => {
  await using shop = await openShop()
  shop.stripe.injectFaults(OPEN, [
    { kind: 'half', after: true },
    { kind: 'half' },
    { kind: 'half' },
  ])
  await expect(shop.open(5_000)).rejects.toMatchObject({ code: 'upstream_unavailable' })
  shop.pass(60_000)
  const id = await shop.open(5_000)
  expect([...shop.stripe.books.sessions.keys()]).toEqual([id])
})

test('a purchase that never got its session is opened by the timer, and can then be paid', async () => {
  await using shop = await openShop()
  shop.stripe.injectFaults(OPEN, [{ kind: 'status', status: 500 }])
  await expect(shop.open(5_000)).rejects.toMatchObject({ code: 'upstream_unavailable' })
  shop.pass(HOUR)
  await shop.app.billing.work()
  expect(shop.stripe.books.sessions.size).toBe(1)
})

test('a paid or expired session is not handed out again', async () => {
  await using shop = await openShop()
  const first = await shop.open(5_000)
  shop.stripe.pay(first)
  const second = await shop.open(5_000)
  shop.stripe.expire(second)
  const third = await shop.open(5_000)
  expect(new Set([first, second, third]).size).toBe(3)
  expect(await shop.credits()).toBe(55_000_000)
})

test('three purchases may be open at once; a fourth names them', async () => {
  await using shop = await openShop()
  const ids = [await shop.open(500), await shop.open(600), await shop.open(700)]
  const refused = await shop.open(800).catch((error: unknown) => error)
  expect(refused).toMatchObject({ code: 'rate_limited' })
  for (const id of ids) expect((refused as { hint: string }).hint).toContain(id)
  shop.stripe.pay(ids[0] ?? '')
  await shop.app.billing.refresh(ACCOUNT)
  expect(await shop.open(800)).toMatch(/^cs_test_/)
})

test('twenty purchases may be begun on one day', async () => {
  await using shop = await openShop()
  const noon = (24 - new Date().getUTCHours() + 12) * HOUR
  shop.pass(noon)
  for (let count = 0; count < 20; count += 1) {
    const id = await shop.open(500)
    shop.stripe.expire(id)
    await shop.app.billing.getPurchase(ACCOUNT, id)
  }
  await expect(shop.open(500)).rejects.toMatchObject({ code: 'rate_limited' })
  shop.pass(24 * HOUR)
  expect(await shop.open(500)).toMatch(/^cs_test_/)
})

test('one Idempotency-Key is one purchase, also after it was paid, and of one amount', async () => {
  await using shop = await openShop()
  const wanted = { accountId: ACCOUNT, cents: 5_000, requestKey: 'order-1' }
  const both = await Promise.all([shop.app.billing.open(wanted), shop.app.billing.open(wanted)])
  const [id = ''] = both.map(({ checkout_id }) => checkout_id ?? '')
  expect(both[1].checkout_id).toBe(id)
  shop.stripe.pay(id)
  expect(await shop.app.billing.open(wanted)).toMatchObject({
    checkout_id: id,
    status: 'completed',
  })
  await expect(shop.app.billing.open({ ...wanted, cents: 500 })).rejects.toMatchObject({
    code: 'idempotency_conflict',
  })
  expect(await shop.open(5_000)).not.toBe(id)
})

test('a key that Stripe does not take is the matter of the operator, and shows nothing of it', async () => {
  await using shop = await openShop()
  const failure = { kind: 'status', status: 401 } as const
  shop.stripe.injectFaults(OPEN, [failure])
  const refused = (await shop.open(5_000).catch((error: unknown) => error)) as Error
  expect(refused).toMatchObject({ code: 'upstream_rejected' })
  expect(refused.message).not.toContain('sk_')
})
