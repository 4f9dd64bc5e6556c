import { expect, test } from 'vitest'
import type { Db, Row } from '../../src/db/db.ts'
import { FILL_MONTH_SUMS, FILL_SESSION_SUMS } from '../../src/db/migrations/0008-page.ts'
import { exportCsv } from '../../src/usage/export.ts'
import { createApp, type App } from '../../src/app.ts'
import { loadConfig } from '../../src/config.ts'
import {
  closePageSession,
  findPageSession,
  issuePageLink,
  PAGE_LINK_MS,
  PAGE_SESSION_MS,
  redeemPageLink,
} from '../../src/accounts/page-sessions.ts'
import { refund } from '../../src/ledger/ledger.ts'
import { firstEntryFrom } from '../../src/usage/entry-numbers.ts'
import { usagePage } from '../../src/usage/page.ts'
import { DIVISIONS, type Kind, type Narrowing, type Question } from '../../src/usage/question.ts'
import { ACCOUNT, book, temporaryHome, type Home, type Work } from '../support/app.ts'
import { onEachEngine } from '../support/engines.ts'

const OPENED = Date.UTC(2026, 0, 1)
const NOW = Date.UTC(2026, 1, 28, 14, 21)
const day = (ago: number) => NOW - ago * 86_400_000

/** One charge a day, the newest today; every third one of another tool. */
const WORK: Work[] = Array.from({ length: 25 }, (_, place) => ({
  at: day(24 - place),
  cost: 10_000 + place,
  ...(place % 3 === 0 && { model: 'fal-ai/birefnet', operation: 'removeBackground' as const }),
}))

const ALL = { from: '2026-02-01', to: '2026-02-28' }

const QUESTION: Question = {
  range: ALL,
  period: undefined,
  filter: {},
  by: 'model',
  size: 10,
  place: {},
}

async function pageOf(home: Home, asked: Partial<Question> = {}) {
  const config = loadConfig({ ...home.env, INKWELL_MONTHLY_LIMIT_USD: '1' })
  const app: App = createApp(config, { now: () => NOW })
  try {
    const caller = app.localCaller('page')
    return await app.db.read(() => usagePage(caller, app.mode, { ...QUESTION, ...asked }, NOW))
  } finally {
    await app.close()
  }
}

onEachEngine(() => {
  test('the page has what was spent this month, on each day, and what is left of each budget', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    const page = await pageOf(home)
    const month = WORK.reduce((sum, { cost }) => sum + cost, 0)
    expect(page).toMatchObject({ used: month, balance: { available: 5_000_000 - month } })
    const { bars, parts, total } = page.spending
    expect(total).toEqual({ count: 25, cost: month })
    expect(bars).toHaveLength(28)
    expect(bars.at(-1)).toMatchObject({ from: '2026-02-28', to: '2026-02-28', cost: 10_024 })
    expect(bars.filter(({ count }) => count === 0)).toHaveLength(3)
    expect(parts.map(({ count }) => count)).toEqual([16, 9])
    for (const bar of bars) expect(bar.parts.reduce((sum, part) => sum + part)).toBe(bar.cost)
    expect(page.dailyPace).toBeCloseTo((7 * 10_021) / 7)
    expect(page.budgets).toMatchObject([
      { label: 'Today', limit: null, spent: 10_024, refunded: 0 },
      { label: 'This month', limit: 1_000_000, spent: month, remaining: 1_000_000 - month },
    ])
  })

  test('pages of the activity lead through every charge, down and up again', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    const seen: number[] = []
    let place: Question['place'] = {}
    for (let pages = 0; pages < 3; pages += 1) {
      const { activity } = await pageOf(home, { place })
      expect(activity).toMatchObject({ skipped: seen.length, total: 25 })
      seen.push(...activity.rows.map(({ cost }) => cost))
      place = { before: activity.older ?? undefined }
    }
    expect(seen).toEqual(WORK.map(({ cost }) => cost).toReversed())
    const third = (await pageOf(home, { place: { before: 7 } })).activity
    expect(third.older).toBeNull()
    const second = (await pageOf(home, { place: { after: third.newer ?? 0 } })).activity
    expect(second.rows.map(({ cost }) => cost)).toEqual(seen.slice(10, 20))
    const first = (await pageOf(home, { place: { after: second.newer ?? 0 } })).activity
    expect(first).toMatchObject({ newer: null, skipped: 0 })
    expect(first.rows.map(({ cost }) => cost)).toEqual(seen.slice(0, 10))
  })

  test('rows, sums, bars and file answer the same question', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    await home.withLedger((db) => db.write(() => refund(ACCOUNT, 'gen_000025', NOW)))
    await home.withLedger((db) => db.write(() => refund(ACCOUNT, 'gen_000023', NOW + 1)))
    const range = { from: '2026-02-22', to: '2026-02-28' }
    const filters: Narrowing[] = [
      {},
      { operation: 'removeBackground' },
      { model: 'fal-ai/birefnet' },
      { modality: 'image', keyId: '' },
      { sessionId: 'ses_booked', model: 'fal-ai/birefnet' },
      { sessionId: 'ses_other' },
      { keyId: 'key_foreign' },
    ]
    for (const filter of filters)
      for (const by of DIVISIONS) {
        const { activity, spending } = await pageOf(home, { range, filter, by, size: 50 })
        const billed = activity.rows.filter(({ kind }) => kind === 'capture' || kind === 'refund')
        const cost = billed.reduce((sum, row) => sum + row.cost, 0)
        const charges = activity.rows.filter(({ kind }) => kind === 'capture')
        expect(spending.total).toMatchObject({ cost })
        expect(spending.total.count + spending.refunded.count).toBe(charges.length)
        expect(spending.bars.reduce((sum, bar) => sum + bar.cost, 0)).toBe(cost)
        expect(spending.parts.reduce((sum, part) => sum + part.cost, 0)).toBe(cost)
        const csv = await home.withLedger((db) => db.read(() => exportCsv(ACCOUNT, range, filter)))
        expect(csv.trim().split('\r\n')).toHaveLength(activity.rows.length + 1)
      }
  })

  test('each kind has its rows and its sum, and a refund marks its charge and its budgets', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    await home.withLedger((db) => db.write(() => refund(ACCOUNT, 'gen_000025', NOW)))
    const range = { from: '2026-01-01', to: '2026-02-28' }
    const of = async (kind: Kind) => await pageOf(home, { range, filter: { kind }, size: 50 })
    const charges = await of('charges')
    expect(charges.activity.total).toBe(25)
    expect(charges.activity.rows[0]).toMatchObject({ status: 'refunded', cost: 10_024 })
    expect(charges.spending).toMatchObject({
      total: { count: 24 },
      refunded: { count: 1, cost: 10_024 },
    })
    const refunds = await of('refunds')
    expect(refunds.activity.rows).toMatchObject([
      { kind: 'refund', cost: -10_024, ref: 'gen_000025' },
    ])
    expect(refunds.spending.total).toEqual({ count: 1, cost: 10_024 })
    const topUps = await of('top-ups')
    expect(topUps.activity.rows).toMatchObject([
      { kind: 'grant', cost: -5_000_000, category: null },
    ])
    expect(topUps.spending.total).toEqual({ count: 1, cost: 5_000_000 })
    expect((await of('failed')).activity.rows).toEqual([])
    expect(charges.budgets).toMatchObject([{ refunded: 10_024 }, { refunded: 10_024 }])
  })

  test('more than five parts become five and the rest, and a long range has a bar for each month', async () => {
    using home = temporaryHome()
    const work = Array.from({ length: 9 }, (_, place) => ({
      at: day(9 - place),
      cost: 1_000 * (place + 1),
      model: `some/model-${place}`,
    }))
    await book(home, work, OPENED)
    const { spending, before } = await pageOf(home, {
      range: { from: '2025-11-15', to: '2026-02-28' },
    })
    expect(spending.parts.map(({ id, cost }) => [id, cost])).toEqual([
      ...[8, 7, 6, 5, 4].map((place) => [`some/model-${place}`, 1_000 * (place + 1)]),
      [null, 10_000],
    ])
    expect(spending.unit).toBe('month')
    expect(spending.bars.map(({ from, to }) => `${from}/${to}`)).toEqual([
      '2025-11-15/2025-11-30',
      '2025-12-01/2025-12-31',
      '2026-01-01/2026-01-31',
      '2026-02-01/2026-02-28',
    ])
    expect(before).toMatchObject({ to: '2025-11-14', cost: 0 })
  })

  test('an older ledger gets the sums by session and by month of its charges and refunds', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    const read = (db: Db, sql: string) =>
      db.read<Row[]>(function* ask() {
        return yield () => ({ sql, parameters: [] })
      })
    const sums = async (db: Db) => [
      await read(db, 'select * from usage_session_day order by day, model'),
      await read(db, 'select * from usage_month order by month, model'),
    ]
    await home.withLedger(async (db) => {
      await db.write(() => refund(ACCOUNT, 'gen_000025', NOW))
      const before = await sums(db)
      expect(before.map((rows) => rows.length)).toEqual([25, 2])
      await db.write(function* rebuild() {
        for (const sql of [
          'delete from usage_session_day',
          'delete from usage_month',
          FILL_SESSION_SUMS,
          FILL_MONTH_SUMS,
        ])
          yield () => ({ sql, parameters: [] })
      })
      expect(await sums(db)).toEqual(before)
    })
  })

  test('a long range adds up the same from months as from days', async () => {
    using home = temporaryHome()
    const work = Array.from({ length: 60 }, (_, place) => ({
      at: day(177 - 3 * place),
      cost: 1_000 + place,
      model: `some/model-${place % 4}`,
    }))
    await book(home, work, day(180))
    for (const [from, to] of [
      ['2025-09-01', '2026-02-28'],
      ['2025-09-02', '2026-02-27'],
      ['2025-10-15', '2026-02-28'],
      ['2025-10-01', '2026-02-01'],
      ['2025-12-01', '2026-02-28'],
    ] as const) {
      const inside = work.filter(
        ({ at }) => at >= Date.parse(from) && at < Date.parse(to) + 86_400_000,
      )
      for (const by of ['model', 'session'] as const) {
        const { spending, inAll } = await pageOf(home, { range: { from, to }, by })
        const cost = inside.reduce((sum, one) => sum + one.cost, 0)
        expect(spending.total).toEqual({ count: inside.length, cost })
        expect(inAll).toEqual({ count: inside.length, cost })
        for (const bar of spending.bars)
          expect(bar.cost).toBe(
            inside
              .filter(
                ({ at }) => at >= Date.parse(bar.from) && at < Date.parse(bar.to) + 86_400_000,
              )
              .reduce((sum, one) => sum + one.cost, 0),
          )
      }
    }
  })

  test('a link signs in once and in time, and a session ends with its time or by itself', async () => {
    using home = temporaryHome()
    await book(home, [], OPENED)
    await home.withLedger(async (db) => {
      const issue = () => db.write(() => issuePageLink(ACCOUNT, NOW))
      const [link, late] = [await issue(), await issue()]
      const token = await db.write(() => redeemPageLink(link, NOW + PAGE_LINK_MS - 1))
      for (const [used, at] of [
        [link, NOW],
        [late, NOW + PAGE_LINK_MS],
        [token, NOW], // a session is no link
      ] as const)
        await expect(db.write(() => redeemPageLink(used, at))).rejects.toMatchObject({
          code: 'unauthorized',
        })
      const who = (at: number, of = token) => db.read(() => findPageSession(of, at))
      expect(await who(NOW)).toMatchObject({ account: { id: ACCOUNT }, keyId: '' })
      expect(await who(NOW, late)).toBeNull() // nor a link a session
      expect(await who(NOW + PAGE_LINK_MS + PAGE_SESSION_MS)).toBeNull()
      await db.write(() => closePageSession(token))
      expect(await who(NOW)).toBeNull()
    })
  })
})
