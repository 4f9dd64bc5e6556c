import { expect, test } from 'vitest'
import { bindMode } from '../../src/ledger/metadata.ts'
import { money } from '../../src/money.ts'
import { loadConfig } from '../../src/config.ts'
import { createApp } from '../../src/app.ts'
import { dayRange } from '../../src/usage/days.ts'
import { usageOverview } from '../../src/usage/overview.ts'
import { dailyUsage, usageReport } from '../../src/usage/report.ts'
import { listTransactions } from '../../src/usage/transactions.ts'
import { ACCOUNT, book, temporaryHome, type Home, type Work } from '../support/app.ts'
import { onEachEngine } from '../support/engines.ts'
import { refundOf } from '../support/operator-acts.ts'

const OPENED = Date.UTC(2026, 0, 1)
const at = (day: string) => Date.parse(`2026-02-${day}Z`)

const WORK: Work[] = [
  { at: at('19T23:59:59.999'), cost: 50_000 },
  { at: at('20T00:00:00.000'), cost: 3_000, model: 'fal-ai/flux/schnell' },
  {
    at: at('20T12:00:00.000'),
    cost: 40_000,
    model: 'fal-ai/flux-pro/kontext',
    operation: 'editImage',
  },
  { at: at('22T23:59:59.999'), cost: 50_000 },
  {
    at: at('22T23:59:59.999'),
    cost: 5_000,
    model: 'fal-ai/birefnet',
    operation: 'removeBackground',
  },
  { at: at('23T00:00:00.000'), cost: 50_000 },
]

const reportOf = (home: Home, from: string, to: string) =>
  home.withLedger((db) => db.read(() => usageReport(ACCOUNT, dayRange(from, to))))

const daysOf = (home: Home, from: string, to: string) =>
  home.withLedger((db) => db.read(() => dailyUsage(ACCOUNT, dayRange(from, to))))

onEachEngine(() => {
  test('both ends of a range are inclusive, to the millisecond', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    expect((await reportOf(home, '2026-02-20', '2026-02-22')).total).toEqual({
      count: 4,
      cost: 98_000,
    })
    expect((await reportOf(home, '2026-02-19', '2026-02-23')).total).toEqual({
      count: 6,
      cost: 198_000,
    })
    expect((await reportOf(home, '2026-02-21', '2026-02-21')).total).toEqual({ count: 0, cost: 0 })
  })

  test('days without use are there with zeros, oldest first', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    expect(await daysOf(home, '2026-02-18', '2026-02-23')).toEqual([
      { date: '2026-02-18', count: 0, cost: 0 },
      { date: '2026-02-19', count: 1, cost: 50_000 },
      { date: '2026-02-20', count: 2, cost: 43_000 },
      { date: '2026-02-21', count: 0, cost: 0 },
      { date: '2026-02-22', count: 2, cost: 55_000 },
      { date: '2026-02-23', count: 1, cost: 50_000 },
    ])
  })

  test('every breakdown adds up to the total; models come dearest first, modalities in their order', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    const report = await reportOf(home, '2026-02-01', '2026-02-28')
    const { total, byModality, byModel, byOperation } = report
    const daily = await daysOf(home, '2026-02-01', '2026-02-28')
    for (const parts of [byModality, byModel, byOperation, daily]) {
      expect(parts.reduce((sum, { cost }) => sum + cost, 0)).toBe(total.cost)
      expect(parts.reduce((sum, { count }) => sum + count, 0)).toBe(total.count)
    }
    expect(byModality.map(({ modality }) => modality)).toEqual(['image', 'video', 'voice', 'music'])
    expect(byModel.map(({ model, cost }) => [model, cost])).toEqual([
      ['fal-ai/flux-2-flex', 150_000],
      ['fal-ai/flux-pro/kontext', 40_000],
      ['fal-ai/birefnet', 5_000],
      ['fal-ai/flux/schnell', 3_000],
    ])
  })

  test('what was refunded is in the history and no longer in the sums', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    await home.withLedger(async (db) => {
      await db.write(() =>
        refundOf({ accountId: ACCOUNT, id: 'gen_000001' }, at('25T00:00:00.000')),
      )
      const { transactions } = await db.read(() => listTransactions(ACCOUNT, { limit: 10 }))
      expect(transactions[0]).toMatchObject({ type: 'refund', cost: -50_000, status: 'completed' })
      expect(transactions.find(({ id }) => id === 'gen_000001')).toMatchObject({
        status: 'refunded',
      })
      const balance = transactions.reduce((sum, { cost }) => sum - cost, 0)
      expect(balance).toBe(5_000_000 - 198_000 + 50_000)
    })
    expect((await reportOf(home, '2026-02-19', '2026-02-19')).total).toEqual({ count: 0, cost: 0 })
  })

  test('transactions are walked newest first, each once, while newer ones are added', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    const page = (before?: number) =>
      home.withLedger((db) => db.read(() => listTransactions(ACCOUNT, { limit: 3, before })))
    const first = await page()
    await book(home, [{ at: at('24T00:00:00.000'), cost: 3_000 }], OPENED)
    const second = await page(first.next ?? undefined)
    const third = await page(second.next ?? undefined)
    const ids = [first, second, third].flatMap(({ transactions }) =>
      transactions.map(({ id }) => id),
    )
    expect(ids).toHaveLength(WORK.length + 1)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.at(-1)).toMatch(/^txn_topup_/)
    expect(third.next).toBeNull()
  })

  test('transactions are found by type, modality and time', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    const find = (filter: object) =>
      home.withLedger(async (db) => {
        const page = await db.read(() => listTransactions(ACCOUNT, { limit: 100, ...filter }))
        return page.transactions.length
      })
    expect(await find({ type: 'generation' })).toBe(6)
    expect(await find({ type: 'top_up' })).toBe(1)
    expect(await find({ type: 'refund' })).toBe(0)
    expect(await find({ modality: 'video' })).toBe(0)
    expect(await find({ since: at('22T00:00:00.000') })).toBe(3)
  })

  test('the overview counts the UTC month, whatever range is asked for', async () => {
    using home = temporaryHome()
    const january = Date.UTC(2026, 0, 31, 23, 59, 59, 999)
    await book(home, [{ at: january, cost: 50_000 }, ...WORK], OPENED)
    const config = loadConfig({ ...home.env, INKWELL_MONTHLY_LIMIT_USD: '0.5' })
    const caller = createApp(config).localCaller('test')
    const now = at('23T10:00:00.000')
    await home.withLedger(async (db) => {
      await db.write(() => bindMode('test'))
      const read = async (request: object) =>
        (await db.read(() => usageOverview(caller, { mode: 'test', limit: 5, ...request }, now)))
          .overview
      const overview = await read({ from: '2026-01-31', to: '2026-02-19' })
      expect(overview.usage).toMatchObject({ totalCost: money(100_000), generationCount: 2 })
      expect(overview.totalCreditsUsed).toBe(0.198)
      expect(overview.month).toMatchObject({
        limit: money(500_000),
        used: money(198_000),
        remaining: money(302_000),
        resetsAt: '2026-03-01T00:00:00.000Z',
      })
      expect(overview.creditsRemaining).toBe(0.302)
      expect((await read({ limit: 0 })).recent).toEqual([])
      expect((await read({ limit: 2 })).recent).toHaveLength(2)
      expect((await read({})).usage).toMatchObject({ from: '2026-02-17', to: '2026-02-23' })
    })
  })
})
