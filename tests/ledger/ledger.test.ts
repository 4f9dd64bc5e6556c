import { describe, expect, test } from 'vitest'
import { capture, hold, openAccount, release } from '../../src/ledger/ledger.ts'
import { available } from '../../src/ledger/refusal.ts'
import { updateAccount } from '../../src/accounts/accounts.ts'
import { closeAccount, suspendAccount } from '../../src/operator/accounts.ts'
import { findAccount } from '../../src/ledger/queries/account.ts'
import type { Caps } from '../../src/ledger/rules.ts'
import { findDifference } from '../../src/verify.ts'
import type { Db } from '../../src/db/db.ts'
import { ENGINES, temporaryLedger } from '../support/databases.ts'
import { NO_CAPS, holdOf } from '../support/holds.ts'
import { actOf, credit, refundOf } from '../support/operator-acts.ts'
import { buy, loseCredits, purchaseId, takeBack } from '../support/purchases.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const ACCOUNT = 'acct_1'

const reserve = (db: Db, id: string, amount: number, caps: Partial<Caps> = {}) =>
  db.write(() =>
    hold(holdOf({ id, amount, account_id: ACCOUNT, created_at: NOW }), { ...NO_CAPS, ...caps }),
  )
const funds = (db: Db) => db.read(() => available(ACCOUNT))

describe.each(ENGINES)('on %s,', (engine) => {
  async function ledgerWithAccount() {
    const ledger = await temporaryLedger(engine)
    await ledger.db.write(() => openAccount(ACCOUNT, 'one', NOW))
    return ledger
  }

  test('an account is opened with five dollars, once', async () => {
    await using ledger = await ledgerWithAccount()
    await ledger.db.write(() => openAccount(ACCOUNT, 'again', NOW))
    expect(await funds(ledger.db)).toBe(5_000_000)
    expect(await ledger.db.read(findDifference)).toBeNull()
  })

  test('a hold leaves the balance at once, a release gives it back, a capture spends it', async () => {
    await using ledger = await ledgerWithAccount()
    await reserve(ledger.db, 'gen_1', 50_000)
    expect(await funds(ledger.db)).toBe(4_950_000)
    await ledger.db.write(() => release('gen_1', NOW))
    expect(await funds(ledger.db)).toBe(5_000_000)
    await reserve(ledger.db, 'gen_2', 50_000)
    await ledger.db.write(() => capture('gen_2', 30_000, NOW))
    expect(await funds(ledger.db)).toBe(4_970_000)
    expect(await ledger.db.read(findDifference)).toBeNull()
  })

  test('a price equal to what is available passes and one micro more is refused', async () => {
    await using ledger = await ledgerWithAccount()
    await expect(reserve(ledger.db, 'gen_1', 5_000_001)).rejects.toMatchObject({
      code: 'insufficient_credits',
    })
    await reserve(ledger.db, 'gen_2', 5_000_000)
    await expect(reserve(ledger.db, 'gen_3', 1)).rejects.toMatchObject({
      code: 'insufficient_credits',
    })
  })

  test('a refused hold leaves nothing behind, in the balance or in any budget', async () => {
    await using ledger = await ledgerWithAccount()
    await reserve(ledger.db, 'gen_1', 60_000, { session: 100_000 })
    await expect(reserve(ledger.db, 'gen_2', 50_000, { session: 100_000 })).rejects.toMatchObject({
      code: 'session_budget_exceeded',
      facts: { limit: { micro: 100_000 }, held: { micro: 60_000 }, spent: { micro: 0 } },
    })
    await expect(reserve(ledger.db, 'gen_3', 50_000, { month: 100_000 })).rejects.toMatchObject({
      code: 'monthly_limit_exceeded',
    })
    expect(await funds(ledger.db)).toBe(4_940_000)
    await reserve(ledger.db, 'gen_4', 40_000, { session: 100_000 })
    expect(await ledger.db.read(findDifference)).toBeNull()
  })

  test('a hold and a capture are done once however often they are asked for', async () => {
    await using ledger = await ledgerWithAccount()
    await reserve(ledger.db, 'gen_1', 50_000)
    expect(await reserve(ledger.db, 'gen_1', 50_000)).toBe(false)
    await expect(reserve(ledger.db, 'gen_1', 40_000)).rejects.toMatchObject({
      code: 'idempotency_conflict',
    })
    expect(await ledger.db.write(() => capture('gen_1', 50_000, NOW))).toBe(true)
    expect(await ledger.db.write(() => capture('gen_1', 50_000, NOW))).toBe(false)
    await expect(ledger.db.write(() => release('gen_1', NOW))).rejects.toMatchObject({
      name: 'HoldError',
    })
    expect(await funds(ledger.db)).toBe(4_950_000)
  })

  test('a capture above its hold is refused and the hold stands', async () => {
    await using ledger = await ledgerWithAccount()
    await reserve(ledger.db, 'gen_1', 50_000)
    await expect(ledger.db.write(() => capture('gen_1', 50_001, NOW))).rejects.toMatchObject({
      name: 'HoldError',
    })
    expect(await ledger.db.write(() => capture('gen_1', 50_000, NOW))).toBe(true)
  })

  test('work on an own key moves no credits and counts against every budget', async () => {
    await using ledger = await ledgerWithAccount()
    const own = (id: string) =>
      holdOf({ id, amount: 60_000, account_id: ACCOUNT, created_at: NOW, billing: 'own_key' })
    await ledger.db.write(() => hold(own('gen_1'), { ...NO_CAPS, session: 100_000 }))
    await ledger.db.write(() => capture('gen_1', 60_000, NOW))
    expect(await funds(ledger.db)).toBe(5_000_000)
    await expect(
      ledger.db.write(() => hold(own('gen_2'), { ...NO_CAPS, session: 100_000 })),
    ).rejects.toMatchObject({
      code: 'session_budget_exceeded',
    })
    expect(await ledger.db.read(findDifference)).toBeNull()
  })

  test('a refund gives the charge back once', async () => {
    await using ledger = await ledgerWithAccount()
    await reserve(ledger.db, 'gen_1', 50_000)
    await ledger.db.write(() => capture('gen_1', 50_000, NOW))
    expect(await ledger.db.write(() => refundOf({ accountId: ACCOUNT, id: 'gen_1' }, NOW))).toBe(
      true,
    )
    expect(await ledger.db.write(() => refundOf({ accountId: ACCOUNT, id: 'gen_1' }, NOW))).toBe(
      false,
    )
    expect(await funds(ledger.db)).toBe(5_000_000)
    await expect(
      ledger.db.write(() => refundOf({ accountId: 'acct_2', id: 'gen_1' }, NOW)),
    ).rejects.toMatchObject({
      code: 'not_found',
    })
    expect(await ledger.db.read(findDifference)).toBeNull()
  })

  test('of eight refunds at once one gives the charge back', async () => {
    await using ledger = await ledgerWithAccount()
    await reserve(ledger.db, 'gen_1', 50_000)
    await ledger.db.write(() => capture('gen_1', 50_000, NOW))
    const refunds = Array.from({ length: 8 }, () =>
      ledger.db.write(() => refundOf({ accountId: ACCOUNT, id: 'gen_1' }, NOW)),
    )
    expect((await Promise.all(refunds)).filter(Boolean)).toHaveLength(1)
    expect(await funds(ledger.db)).toBe(5_000_000)
    expect(await ledger.db.read(findDifference)).toBeNull()
  })

  test.each([
    ['is suspended', () => suspendAccount(ACCOUNT, 'abuse', actOf(NOW).author), 'forbidden'],
    ['is closed', () => closeAccount(ACCOUNT, null, actOf(NOW).author), 'forbidden'],
    [
      'may pay less for a call',
      () => updateAccount(ACCOUNT, { maxPrice: 9_999 }),
      'max_cost_exceeded',
    ],
  ])('an account that %s holds nothing', async (_, change, code) => {
    await using ledger = await ledgerWithAccount()
    await ledger.db.write(change)
    await expect(reserve(ledger.db, 'gen_1', 10_000)).rejects.toMatchObject({ code })
    expect(await funds(ledger.db)).toBe(5_000_000)
  })

  test('what a payment takes back and gives back leaves the balance as it was', async () => {
    await using ledger = await ledgerWithAccount()
    const id = purchaseId(1)
    await ledger.db.write(() => buy(id, ACCOUNT, 1_000, NOW))
    for (const [target, left] of [
      [10_000_000, 5_000_000],
      [0, 15_000_000],
    ] as const) {
      await ledger.db.write(() => takeBack(id, target, NOW))
      expect(await funds(ledger.db)).toBe(left)
    }
  })

  test('credits pay an open debt first', async () => {
    await using ledger = await ledgerWithAccount()
    await ledger.db.write(() => loseCredits(ACCOUNT, 8_000_000, NOW))
    await ledger.db.write(() => credit({ accountId: ACCOUNT, amount: 4_000_000 }, NOW))
    expect(await ledger.db.read(() => findAccount({ id: ACCOUNT }))).toMatchObject([
      { available: 1_000_000, debt: 0 },
    ])
    expect(await ledger.db.read(findDifference)).toBeNull()
  })

  test('entries cannot be changed or removed', async () => {
    await using ledger = await ledgerWithAccount()
    for (const sql of ['update entry set amount = 1', 'delete from entry']) {
      await expect(
        ledger.db.write(function* tamper() {
          yield () => ({ sql, parameters: [] })
        }),
      ).rejects.toThrow('entries are only ever added')
    }
  })
})
