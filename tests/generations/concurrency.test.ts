import { expect, test } from 'vitest'
import { LOCAL_ACCOUNT } from '../../src/accounts/sessions.ts'
import { capture, hold, openAccount } from '../../src/ledger/ledger.ts'
import { NO_CAPS, holdOf } from '../support/holds.ts'
import { pictures, promptly, scripted, slowly } from '../support/slow-provider.ts'
import { expectSpent, GRANT, paidApp, PRICE, type PaidApp, type Wish } from './paid-app.ts'
import { onEachEngine } from '../support/engines.ts'

/** Makes all calls in one turn of the event loop; answers how many completed and every refusal. */
async function rush(paid: PaidApp, wishes: Wish[]) {
  const settled = await Promise.allSettled(wishes.map((wish) => paid.pay(wish)))
  const completed = settled.flatMap((call) => (call.status === 'fulfilled' ? [call.value] : []))
  const refusals = settled.flatMap((call) => (call.status === 'rejected' ? [call.reason.code] : []))
  return { completed, refusals }
}

const SIXTY_FOUR: Wish[] = Array.from({ length: 64 }, (_, number) => ({ prompt: `fox ${number}` }))

onEachEngine(() => {
  test.each(['0.10', '0.149999'])(
    'of 64 calls at once on a session budget of $%s exactly two reach the provider',
    async (budget) => {
      const provider = scripted(slowly(100))
      await using paid = paidApp(provider, { env: { INKWELL_MAX_USD_PER_RUN: budget } })
      const { completed, refusals } = await rush(paid, SIXTY_FOUR)
      expect([completed.length, refusals.length, provider.calls]).toEqual([2, 62, 2])
      expect(new Set(refusals)).toEqual(new Set(['session_budget_exceeded']))
      await expectSpent(paid, 2 * PRICE)
    },
  )

  test('of 64 calls at once for the last cents of a balance exactly two reach the provider', async () => {
    const provider = scripted(slowly(100))
    await using paid = paidApp(provider)
    const amount = GRANT - 2 * PRICE
    const before = holdOf({ id: 'gen_before', amount, account_id: LOCAL_ACCOUNT.id })
    await paid.app.db.write(() => openAccount(LOCAL_ACCOUNT.id, 'local', before.created_at))
    await paid.app.db.write(() => hold(before, NO_CAPS))
    await paid.app.db.write(() => capture(before.id, amount, before.created_at))
    const { completed, refusals } = await rush(paid, SIXTY_FOUR)
    expect([completed.length, refusals.length, provider.calls]).toEqual([2, 62, 2])
    expect(new Set(refusals)).toEqual(new Set(['insufficient_credits']))
    await expectSpent(paid, GRANT)
  })

  test('a budget for two lets two more pass when the first two fail', async () => {
    let fails = true
    const provider = scripted(async ({ count }) => {
      if (fails) throw new Error('broken')
      return pictures(count)
    })
    await using paid = paidApp(provider, { env: { INKWELL_MAX_USD_PER_RUN: '0.10' } })
    await rush(paid, SIXTY_FOUR.slice(0, 2))
    fails = false
    const { completed } = await rush(paid, SIXTY_FOUR)
    expect(completed).toHaveLength(2)
    await expectSpent(paid, 2 * PRICE)
  })

  test('the same key 32 times at once: one picture, one charge, 31 replays of it', async () => {
    const provider = scripted(slowly(150))
    await using paid = paidApp(provider)
    const calls = Array.from({ length: 32 }, () => ({ idempotencyKey: 'fox' }))
    const { completed } = await rush(paid, calls)
    expect(completed.filter(({ replayed }) => replayed)).toHaveLength(31)
    expect(new Set(completed.map(({ generation }) => JSON.stringify(generation))).size).toBe(1)
    expect(provider.calls).toBe(1)
    await expectSpent(paid, PRICE)
  })

  test('the same key 32 times at once on work that fails: all are told so, and the key is free', async () => {
    let fails = true
    const provider = scripted(async ({ count }, { signal }) => {
      await slowly(1_000)({ count } as never, { signal } as never)
      if (fails) throw new Error('broken')
      return pictures(count)
    })
    await using paid = paidApp(provider)
    const calls = Array.from({ length: 32 }, () => ({ idempotencyKey: 'fox' }))
    const { refusals } = await rush(paid, calls)
    expect(refusals).toEqual(Array.from({ length: 32 }, () => 'internal'))
    expect(provider.calls).toBe(1)
    await expectSpent(paid, 0)
    fails = false
    expect((await paid.pay({ idempotencyKey: 'fox' })).replayed).toBe(false)
    await expectSpent(paid, PRICE)
  })

  test('the same key in two processes of one ledger: one picture, one charge, one replay', async () => {
    const here = scripted(slowly(300))
    const there = scripted(slowly(300))
    await using first = paidApp(here)
    await using second = paidApp(there, { home: first.home })
    const [one, other] = await Promise.all(
      [first, second].map((paid) => paid.pay({ idempotencyKey: 'fox' })),
    )
    expect(one?.generation).toEqual(other?.generation)
    expect(one?.replayed).not.toBe(other?.replayed)
    expect(here.calls + there.calls).toBe(1)
    await expectSpent(first, PRICE)
  })

  test('a session keeps the budget it began with, in every process and whatever they are told later', async () => {
    const env = { INKWELL_SESSION_ID: 'shared', INKWELL_MAX_USD_PER_RUN: '0.10' }
    await using first = paidApp(scripted(promptly), { env })
    await first.pay()
    const raised = { ...env, INKWELL_MAX_USD_PER_RUN: '5' }
    await using second = paidApp(scripted(promptly), { home: first.home, env: raised })
    const { completed, refusals } = await rush(second, SIXTY_FOUR)
    expect(completed).toHaveLength(1)
    expect(new Set(refusals)).toEqual(new Set(['session_budget_exceeded']))
    await expectSpent(first, 2 * PRICE)
  })
})
