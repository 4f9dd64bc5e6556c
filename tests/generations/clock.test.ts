import { expect, test } from 'vitest'
import { query, type Db } from '../../src/db/db.ts'
import { acceptClock } from '../../src/ledger/clock-changes.ts'
import { findDifference } from '../../src/verify.ts'
import { listTransactions } from '../../src/usage/transactions.ts'
import { onEachEngine } from '../support/engines.ts'
import { gate, pictures, scripted } from '../support/slow-provider.ts'
import { paidApp, type PaidApp } from './paid-app.ts'

const NOON = Date.UTC(2026, 10, 21, 12)
const MINUTE = 60_000
const DAY = 86_400_000

const entries = (db: Db) =>
  db.read(() =>
    query((from) => from.selectFrom('entry').select(['kind', 'at', 'day']).orderBy('seq')),
  )
const last = async ({ app }: PaidApp) => (await entries(app.db)).at(-1)

onEachEngine((engine) => {
  /** An app whose clock the test sets. */
  const timed = (provider = scripted(async () => pictures(1))) => {
    const clock = { at: NOON }
    const paid = paidApp(provider, { now: () => clock.at })
    let calls = 0
    return { clock, paid, pay: () => paid.pay({ prompt: `fox ${(calls += 1)}` }) }
  }

  test('a clock that goes back by minutes is believed, and the days follow it', async () => {
    const { clock, paid, pay } = timed()
    await using _ = paid
    clock.at = Date.UTC(2026, 10, 22, 0, 2)
    await pay()
    clock.at = Date.UTC(2026, 10, 21, 23, 58)
    await pay()
    expect(await last(paid)).toMatchObject({ at: clock.at, day: '2026-11-21' })
    expect(await paid.app.db.read(findDifference)).toBeNull()
  })

  test('a clock far behind the newest entry refuses paid calls with both times and what to do', async () => {
    const { clock, paid, pay } = timed()
    await using _ = paid
    await pay()
    clock.at = NOON - 5 * MINUTE
    await pay()
    clock.at = NOON - 5 * MINUTE - 1
    const refused = await pay().catch((error: unknown) => error)
    expect(refused).toMatchObject({
      code: 'ledger_unavailable',
      message: expect.stringMatching(/2026-11-21T11:54:59.*2026-11-21T12:00:00/),
      localHint: expect.stringContaining('inkwell ledger accept-clock'),
    })
    expect((await entries(paid.app.db)).length).toBe(3)
    const caller = paid.app.localCaller('test')
    const newcomer = { ...caller, account: { id: 'acct_new', name: 'new' } }
    await expect(paid.pay({ caller: newcomer })).rejects.toMatchObject({
      code: 'ledger_unavailable',
    })
    clock.at = NOON
    await pay()
    expect(await paid.app.db.read(findDifference)).toBeNull()
  })

  test('what had begun is still settled, dated by the newest entry', async () => {
    const [begun, end] = [gate(), gate()]
    const slow = scripted(async () => {
      begun.open()
      await end.opened
      return pictures(1)
    })
    const { clock, paid, pay } = timed(slow)
    await using _ = paid
    const call = pay()
    await begun.opened
    clock.at = NOON - 40 * DAY
    end.open()
    await call
    expect(await last(paid)).toMatchObject({ kind: 'capture', at: NOON, day: '2026-11-21' })
    expect(await paid.app.db.read(findDifference)).toBeNull()
  })

  test('once the clock is accepted entries carry the true time again, and are found by it', async () => {
    const { clock, paid, pay } = timed()
    await using _ = paid
    const { db } = paid.app
    await pay()
    clock.at = NOON + 40 * DAY // a clock that goes forward is believed
    await pay()
    clock.at = NOON + MINUTE
    await expect(pay()).rejects.toMatchObject({ code: 'ledger_unavailable' })
    expect(await db.write(() => acceptClock(clock.at))).toBe(1)
    await pay()
    clock.at += DAY
    await pay()
    expect((await entries(db)).map(({ day }) => day)).toEqual([
      '2026-11-21',
      '2026-11-21',
      '2026-12-31',
      '2026-11-21',
      '2026-11-22',
    ])
    expect(await db.read(findDifference)).toBeNull()
    const between = async (since: number, until: number) =>
      (await db.read(() => listTransactions('acct_local', { limit: 9, since, until }))).transactions
        .length
    expect(await between(NOON, NOON + DAY)).toBe(3)
    expect(await between(NOON + DAY, NOON + 2 * DAY)).toBe(1)
    expect(await between(NOON + 2 * DAY, NOON + 50 * DAY)).toBe(1)
    await db.write(() => query((from) => from.deleteFrom('clock_change')))
    expect(await db.read(findDifference)).toMatchObject({
      invariant: expect.stringMatching(/^I8 /),
    })
  })

  test(`a clock that nobody moves refuses nothing on ${engine}`, async () => {
    await using paid = paidApp(scripted(async () => pictures(1)))
    await paid.pay()
    await paid.app.generations.guard.assertUsable()
    const [, charge] = await entries(paid.app.db)
    expect(Math.abs(Number(charge?.at) - Date.now())).toBeLessThan(5_000)
    expect(Math.abs(paid.app.generations.guard.clockDifferenceMs())).toBeLessThan(500)
  })
})
