import { expect, test } from 'vitest'
import { dryRun } from '../../src/generations/dry-run.ts'
import { findAccount } from '../../src/ledger/queries/account.ts'
import { gate, pictures, promptly, scripted } from '../support/slow-provider.ts'
import { expectSpent, holdsOf, paidApp, pictureOf, PRICE, until, type PaidApp } from './paid-app.ts'
import { onEachEngine } from '../support/engines.ts'

const ask = ({ app }: PaidApp, count = 1, maxCost: number | null = null) =>
  dryRun(app.generations, pictureOf('a fox', count), app.localCaller('test'), {
    maxCost: maxCost as never,
    signal: new AbortController().signal,
  })

onEachEngine(() => {
  test('a quote names the price and leaves nothing behind, not even an account', async () => {
    const provider = scripted(promptly)
    await using paid = paidApp(provider)
    expect(await ask(paid, 3)).toMatchObject({ quote: { price: 3 * PRICE }, refusal: null })
    expect(await paid.app.db.read(() => findAccount({ id: 'acct_local' }))).toEqual([])
    expect(await holdsOf(paid)).toEqual([])
    expect(provider.calls).toBe(0)
  })

  test('a quote says why a call would be refused, counting what is held', async () => {
    const { open, opened } = gate()
    const provider = scripted(async ({ count }) => {
      await opened
      return pictures(count)
    })
    await using paid = paidApp(provider, { env: { INKWELL_MAX_USD_PER_RUN: '0.10' } })
    const call = paid.pay()
    await until(() => provider.calls === 1)
    expect((await ask(paid, 1)).refusal).toBeNull()
    expect((await ask(paid, 2)).refusal).toMatchObject({
      code: 'session_budget_exceeded',
      facts: { held: { micro: PRICE }, affordable: expect.any(Array) as unknown },
    })
    expect((await ask(paid, 1, PRICE - 1)).refusal).toMatchObject({ code: 'max_cost_exceeded' })
    open()
    await call
    await expectSpent(paid, PRICE)
  })
})
