import { expect, test } from 'vitest'
import { openAccount } from '../../src/ledger/ledger.ts'
import { ORDERS, type Order } from '../../src/usage/desk/accounts.ts'
import { createKeep } from '../../src/usage/desk/keep.ts'
import { deskAccounts, deskOverview, type DeskSources } from '../../src/usage/desk/overview.ts'
import { lastDays } from '../../src/usage/days.ts'
import { marginReport } from '../../src/usage/margin.ts'
import { temporaryLedger } from '../support/databases.ts'
import { onEachEngine } from '../support/engines.ts'
import { fillAccounts } from '../support/many-accounts.ts'
import { credit } from '../support/operator-acts.ts'

const NOW = Date.UTC(2026, 1, 28, 14, 21)
const ACCOUNTS = 130

onEachEngine((engine) => {
  test('every order lists each account once, by pages, and rankings the first hundred', async () => {
    await using ledger = await temporaryLedger()
    const { db } = ledger
    await fillAccounts(db, engine, { count: ACCOUNTS, nowMs: NOW })
    await db.write(() => openAccount('acct_rich', '100% Äpfel_', NOW))
    await db.write(() => credit({ accountId: 'acct_rich', amount: 9_000_000 }, NOW))
    const sources: DeskSources = { db, reports: db, keep: createKeep() }
    const all = async (order: Order, words = ''): Promise<{ id: string; name: string }[]> => {
      const found = []
      for (let after: string | null | undefined; after !== null;) {
        const page = await deskAccounts(sources, { order, words, after: after ?? undefined }, NOW)
        expect(page.accounts.length).toBeLessThanOrEqual(25)
        found.push(...page.accounts)
        after = page.next
      }
      return found.map(({ id, name }) => ({ id, name }))
    }
    for (const order of ORDERS) {
      const ids = (await all(order)).map(({ id }) => id)
      const isRanking = order === 'spent' || order === 'balance'
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids).toHaveLength(isRanking ? 100 : ACCOUNTS + 1)
      expect(ids.slice(0, 100).includes('acct_rich')).toBe(order !== 'spent' && order !== 'balance')
    }
    expect((await all('newest'))[0]?.id).toBe('acct_rich')
    for (const words of ['100%', 'PFEL_']) expect(await all('name', words)).toHaveLength(1)
    expect(await all('name', '%')).toHaveLength(1)
    await expect(
      deskAccounts(sources, { order: 'newest', words: '', after: 'eyJ' }, NOW),
    ).rejects.toMatchObject({ code: 'invalid_input' })
  })

  test('the sums of all accounts are those of the margin report, of the failures and of the balances', async () => {
    await using ledger = await temporaryLedger()
    const { db } = ledger
    await fillAccounts(db, engine, { count: ACCOUNTS, nowMs: NOW })
    const sources: DeskSources = { db, reports: db, keep: createKeep() }
    const asked = { order: 'newest', words: '', after: undefined } as const
    const desk = await deskOverview(sources, asked, NOW)
    const range = lastDays(30, NOW)
    for (const [by, rows] of [
      ['model', desk.margin.models],
      ['day', desk.margin.days.filter(({ sold }) => sold > 0)],
    ] as const) {
      const report = await db.read(() => marginReport({ ...range, by }))
      expect(rows).toEqual(report.rows)
      expect(desk.margin.total).toEqual(report.total)
    }
    expect(desk.list.accounts[0]?.days.filter((amount) => amount > 0)).toHaveLength(10)
    expect(desk.totals).toEqual({
      accounts: ACCOUNTS,
      suspended: 0,
      closed: 0,
      available: ACCOUNTS * 4_990_000,
      debt: 0,
    })
    const { codes, isAll } = desk.failures
    expect(codes.map(({ code }) => code).toSorted()[0]).toBe('code_0')
    expect(codes[0]).toMatchObject({
      code: 'no_output',
      failed: ACCOUNTS,
      refused: 0,
      accounts: ACCOUNTS,
    })
    expect(isAll).toBe(true)
  })
})

test('what took long to read is kept for longer, a failure is not, and two readers share one reading', async () => {
  const keep = createKeep()
  let readings = 0
  const slowly = async () => {
    readings += 1
    await new Promise((done) => setTimeout(done, 20))
    return readings
  }
  expect(await Promise.all([keep('a', 50, slowly), keep('a', 50, slowly)])).toEqual([1, 1])
  expect(await keep('a', 50, slowly)).toBe(1)
  expect(await keep('b', 0, slowly)).toBe(2)
  expect(await keep('b', 0, slowly)).toBe(3)
  const broken = () => Promise.reject(new Error('gone'))
  await expect(keep('c', 50, broken)).rejects.toThrow('gone')
  expect(await keep('c', 50, slowly)).toBe(4)
})
