import { expect, test } from 'vitest'
import { ACCOUNT } from '../support/app.ts'
import { openShop } from '../support/shop.ts'

const HOUR = 3_600_000

test.each([
  { kind: 'status', status: 500 } as const,
  { kind: 'status', status: 429 } as const,
  { kind: 'half' } as const,
  { kind: 'hang' } as const,
])(
  'where Stripe cannot be asked ($kind $status) no delivery is answered as done',
  async (fault) => {
    await using shop = await openShop(fault.kind === 'hang' ? { timeoutMs: 300 } : {})
    const id = await shop.open(5_000)
    const [event = {}] = shop.stripe.pay(id)
    // What says not to try again is not tried again; a broken connection is, twice.
    shop.stripe.injectFaults(
      `GET /v1/checkout/sessions/${id}`,
      fault.kind === 'status' ? [fault] : [fault, fault, fault],
    )
    expect(await shop.deliver([event])).toEqual([503])
    expect(await shop.credits()).toBe(0)
    shop.pass(HOUR)
    await shop.app.billing.work()
    expect(await shop.credits()).toBe(55_000_000)
    expect(JSON.stringify(shop.lines)).not.toContain(shop.stripe.key)
  },
  20_000,
)

test('a balance can be read while Stripe cannot be reached', async () => {
  await using shop = await openShop()
  const id = await shop.open(5_000)
  const failure = { kind: 'reset' } as const
  const retrieve = `GET /v1/checkout/sessions/${id}`
  shop.stripe.injectFaults(
    retrieve,
    Array.from({ length: 9 }, () => failure),
  )
  shop.stripe.injectFaults(
    'GET /v1/events',
    Array.from({ length: 9 }, () => failure),
  )
  await expect(shop.app.billing.refresh(ACCOUNT)).resolves.toBeUndefined()
  expect(await shop.credits()).toBe(0)
}, 20_000)
