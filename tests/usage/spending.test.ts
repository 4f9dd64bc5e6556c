import { expect, test } from 'vitest'
import { query, type Db, type Row } from '../../src/db/db.ts'
import { FILL_MONTH_SUMS, FILL_SESSION_SUMS } from '../../src/db/migrations/0008-page.ts'
import { exportCsv } from '../../src/usage/export.ts'
import { DIVISIONS, type Kind, type Narrowing } from '../../src/usage/question.ts'
import { findDifference } from '../../src/verify.ts'
import { ACCOUNT, book, temporaryHome } from '../support/app.ts'
import { onEachEngine } from '../support/engines.ts'
import { day, NOW, OPENED, pageOf, WORK } from '../support/page-of.ts'
import { refundOf } from '../support/operator-acts.ts'

onEachEngine(() => {
  test('rows, sums, bars and file answer the same question', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    await home.withLedger((db) =>
      db.write(() => refundOf({ accountId: ACCOUNT, id: 'gen_000025' }, NOW)),
    )
    await home.withLedger((db) =>
      db.write(() => refundOf({ accountId: ACCOUNT, id: 'gen_000023' }, NOW + 1)),
    )
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

  test.each(['usage_session_day', 'usage_month'] as const)(
    'a proof finds a sum of %s that is not that of its entries',
    async (table) => {
      using home = temporaryHome()
      await book(home, WORK, OPENED)
      await home.withLedger((db) =>
        db.write(() => refundOf({ accountId: ACCOUNT, id: 'gen_000025' }, NOW)),
      )
      expect(await home.withLedger((db) => db.read(findDifference))).toBeNull()
      await home.withLedger((db) =>
        db.write(() =>
          query((from) => from.updateTable(table).set({ amount: 1 }).where('amount', '>', 0)),
        ),
      )
      const found = await home.withLedger((db) => db.read(findDifference))
      expect(found?.invariant).toMatch(table === 'usage_month' ? /^I23/ : /^I22/)
    },
  )

  test('each kind has its rows and its sum, and a refund marks its charge and its budgets', async () => {
    using home = temporaryHome()
    await book(home, WORK, OPENED)
    await home.withLedger((db) =>
      db.write(() => refundOf({ accountId: ACCOUNT, id: 'gen_000025' }, NOW)),
    )
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
      await db.write(() => refundOf({ accountId: ACCOUNT, id: 'gen_000025' }, NOW))
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
})
