import { expect, test } from 'vitest'
import { listAlerts, raise } from '../../src/alerts/outbox.ts'
import { refusalAlert } from '../../src/alerts/thresholds.ts'
import { textOf } from '../../src/alerts/words.ts'
import type { Db, TransactionBody } from '../../src/db/db.ts'
import { hold, openAccount, release } from '../../src/ledger/ledger.ts'
import { BudgetExceededError, DAY_MS, type Caps } from '../../src/ledger/rules.ts'
import { temporaryLedger, type TestDatabase } from '../support/databases.ts'
import { onEachEngine } from '../support/engines.ts'
import { holdOf, NO_CAPS } from '../support/holds.ts'
import { HOLD } from '../support/ledger-commands.ts'
import { credit } from '../support/operator-acts.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const DAY = { ...NO_CAPS, day: 1_000_000 }

onEachEngine(() => {
  const opened = async (): Promise<TestDatabase> => {
    const ledger = await temporaryLedger()
    await ledger.db.write(() => openAccount('acct_1', 'Ada', NOW))
    return ledger
  }
  let count = 0
  const take = (db: Db, amount: number, caps: Caps, key_id = '') => {
    const id = `gen_${(count += 1)}`
    const request = holdOf({ id, amount, key_id, created_at: NOW + count })
    return db.apply(HOLD, { request, caps })
  }
  const told = async (db: Db) => {
    const { alerts } = await db.read(() => listAlerts({ limit: 100 }))
    return alerts.toReversed()
  }

  test('a budget is told at 50, 80 and 100 percent, at the hold that takes it there, and the balance below $1', async () => {
    await using ledger = await opened()
    const { db } = ledger
    const steps = [499_999, 1, 299_999, 1, 199_999, 1]
    const seen: number[][] = []
    for (const amount of steps) {
      await take(db, amount, DAY)
      seen.push((await told(db)).map(({ threshold }) => threshold))
    }
    expect(seen).toEqual([[], [50], [50], [50, 80], [50, 80], [50, 80, 100]])
    await take(db, 3_000_000, NO_CAPS)
    expect(await told(db)).toHaveLength(3)
    await take(db, 1, NO_CAPS)
    expect((await told(db)).map(textOf)).toEqual([
      'Account acct_1: 50% of the daily budget for 2026-11-21 is reached. $0.50 of $1.00 is spent or held.',
      'Account acct_1: 80% of the daily budget for 2026-11-21 is reached. $0.80 of $1.00 is spent or held.',
      'Account acct_1: 100% of the daily budget for 2026-11-21 is reached. $1.00 of $1.00 is spent or held.',
      'Account acct_1: $0.999999 is left, less than $1.00.',
    ])
  })

  test('a hold that passes several thresholds tells the highest, once however often it is crossed', async () => {
    await using ledger = await opened()
    const { db } = ledger
    for (let round = 0; round < 3; round++) {
      await take(db, 900_000, DAY)
      await db.write(() => release(`gen_${count}`, NOW))
    }
    expect(await told(db)).toMatchObject([{ threshold: 80 }])
    await take(db, 1_600_000, { ...DAY, day: 2_000_000 }) // another cap has thresholds of its own
    expect(await told(db)).toMatchObject([{ threshold: 80 }, { threshold: 80, cap: 2_000_000 }])
  })

  test('every budget of a call is told by itself, but that of its session', async () => {
    await using ledger = await opened()
    const { db } = ledger
    const caps = {
      ...NO_CAPS,
      session: 100_000,
      month: 100_000,
      key_month: 100_000,
      key_day: 50_000,
      key_total: 90_000,
    }
    await take(db, 50_000, caps, 'key_1')
    const rows = (await told(db)).map(({ subject, period, threshold }) => [
      subject,
      period,
      threshold,
    ])
    expect(new Set(rows)).toEqual(
      new Set([
        ['key_day:key_1', '2026-11-21', 100],
        ['key_month:key_1', '2026-11', 50],
        ['key_total:key_1', '', 50],
        ['month:acct_1', '2026-11', 50],
      ]),
    )
  })

  test('calls at once tell a threshold once, and a refused one tells nothing', async () => {
    await using ledger = await opened()
    const { db } = ledger
    const calls = Array.from({ length: 40 }, () => take(db, 50_000, DAY))
    const settled = await Promise.allSettled(calls)
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(20)
    const thresholds = (await told(db)).map(({ threshold }) => threshold)
    expect(new Set(thresholds).size).toBe(thresholds.length)
    expect(thresholds).toContain(100)
    await expect(take(db, 1, { ...DAY, month: 1_000_000 })).rejects.toMatchObject({
      code: 'daily_budget_exceeded',
    })
    expect(await told(db)).toHaveLength(thresholds.length)
  })

  test('a call that a budget refuses is told as 100 percent, once, unless the whole budget could not pay it', async () => {
    await using ledger = await opened()
    const { db } = ledger
    const refuse = async (amount: number) => {
      const error: unknown = await take(db, amount, DAY).catch((refusal: unknown) => refusal)
      if (!(error instanceof BudgetExceededError)) throw error
      await db.write(() => raise(refusalAlert(error.budget, NOW)))
    }
    const thresholds = async () => (await told(db)).map(({ threshold }) => threshold)
    await take(db, 900_000, DAY)
    await refuse(1_000_001)
    expect(await thresholds()).toEqual([80])
    for (let time = 0; time < 2; time++) await refuse(100_001)
    await take(db, 100_000, DAY)
    expect(new Set(await thresholds())).toEqual(new Set([80, 100]))
    expect(await thresholds()).toHaveLength(2)
  })

  test('a low balance is told once a day, and not while it stays low', async () => {
    await using ledger = await opened()
    const { db } = ledger
    const give = (amount: number, at: number) =>
      db.write(() => credit({ accountId: 'acct_1', amount }, at))
    for (const amount of [-4_000_000, -1, 3_000_000, -3_000_000]) await give(amount, NOW)
    const low = { kind: 'balance.low', period: '2026-11-21' }
    const first = { ...low, details: '{"available":999999,"below":1000000}' }
    expect(await told(db)).toMatchObject([first])
    await give(-1, NOW + DAY_MS)
    expect(await told(db)).toHaveLength(1)
    for (const amount of [2, -1]) await give(amount, NOW + DAY_MS)
    expect(await told(db)).toMatchObject([first, { ...low, period: '2026-11-22' }])
  })

  test('a hold that crosses nothing costs no statement more', async () => {
    await using ledger = await opened()
    const statements = async (amount: number) => {
      let sent = 0
      const request = holdOf({ id: `gen_${(count += 1)}`, amount, created_at: NOW + count })
      await ledger.db.write(() => counted(hold(request, DAY), () => void (sent += 1)))
      return sent
    }
    expect(await statements(499_999)).toBe(3)
    expect(await statements(1)).toBe(5) // the alert, and its delivery to a webhook of the account
    expect(await statements(1)).toBe(3)
  })
})

function* counted<T>(unit: TransactionBody<T>, onQuery: () => void): TransactionBody<T> {
  let step = unit.next()
  while (step.done !== true) {
    onQuery()
    step = unit.next(yield step.value)
  }
  return step.value
}
