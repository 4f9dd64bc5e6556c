import { expect, test } from 'vitest'
import type { Db, Row, TransactionBody } from '../../src/db/db.ts'
import { POSTGRES, SQLITE } from '../../src/db/dialect.ts'
import { page } from '../../src/db/migrations/0008-page.ts'
import { fillSums } from '../../src/ledger/fill-sums.ts'
import { capture, hold, openAccount } from '../../src/ledger/ledger.ts'
import { bindMode } from '../../src/ledger/metadata.ts'
import { ACCOUNT, inkwell, temporaryHome } from '../support/app.ts'
import { onEachEngine } from '../support/engines.ts'
import { holdOf, NO_CAPS } from '../support/holds.ts'
import { refundOf } from '../support/operator-acts.ts'

const AT = Date.UTC(2026, 1, 28, 14)
const TRIGGERS = ['charge_in_sums', 'refund_in_sums']

function* run(...statements: string[]): TransactionBody<Row[]> {
  let rows: Row[] = []
  for (const sql of statements) rows = yield () => ({ sql, parameters: [] })
  return rows
}

/** The sums by session and by month: `model count amount`. */
async function sumsIn(db: Db): Promise<string[][]> {
  const of = async (table: string) => {
    const rows = await db.read(() => run(`select * from ${table} order by model`))
    return rows.map(
      ({ model, count, amount }) => `${String(model)} ${Number(count)} ${Number(amount)}`,
    )
  }
  return [await of('usage_session_day'), await of('usage_month')]
}

/** What a version before 0027 wrote: everything but the sums by session and by month, which its triggers wrote. */
function* asBefore<T>(unit: TransactionBody<T>): TransactionBody<T> {
  let step = unit.next()
  while (step.done !== true) {
    const query = step.value
    const rows: Row[] = yield (...engine) =>
      [query(...engine)]
        .flat()
        .filter(({ sql }) => !/^(insert into|update) (usage_session_day|usage_month)\b/.test(sql))
    step = unit.next(rows)
  }
  return step.value
}

function* charge(id: string, amount: number, model: string): TransactionBody<void> {
  const request = holdOf({ id, amount, model, account_id: ACCOUNT, created_at: AT })
  yield* hold(request, NO_CAPS)
  yield* capture(id, amount, AT)
}

const WORK = Array.from({ length: 12 }, (_, place) => {
  return { id: `gen_${place}`, amount: 1_000 + place, model: `some/model-${place % 2}` }
})

onEachEngine((engine) => {
  test('a ledger whose sums were written by triggers goes on with the same sums', async () => {
    using home = temporaryHome()
    await home.withLedger(async (db) => {
      await db.write(() => bindMode('test'))
      const triggers = page(engine === 'sqlite' ? SQLITE : POSTGRES).filter((change) =>
        TRIGGERS.some((name) => change.includes(name)),
      )
      await db.write(() => run(...triggers, `delete from migration where name = '0027-sums'`))
      await db.write(() => openAccount(ACCOUNT, 'local', AT))
      for (const { id, amount, model } of WORK)
        await db.write(() => asBefore(charge(id, amount, model)))
      await db.write(() => asBefore(refundOf({ accountId: ACCOUNT, id: 'gen_3' }, AT)))
      const sums = ['some/model-0 6 6030', 'some/model-1 5 5033']
      expect(await sumsIn(db)).toEqual([sums, sums])
    })
    await home.withLedger(async (db) => {
      await db.write(() => charge('gen_new', 500, 'some/model-0'))
      await db.write(() => refundOf({ accountId: ACCOUNT, id: 'gen_5' }, AT))
      const sums = ['some/model-0 7 6530', 'some/model-1 4 4028']
      expect(await sumsIn(db)).toEqual([sums, sums])
    })
    const proof = await inkwell(home, ['ledger', 'verify', '--full'])
    expect(proof).toMatchObject({ code: 0, stderr: '' })
  })

  test('sums made anew are the same, however many entries a statement reads', async () => {
    using home = temporaryHome()
    await home.withLedger(async (db) => {
      await db.write(() => openAccount(ACCOUNT, 'local', AT))
      for (const { id, amount, model } of WORK) await db.write(() => charge(id, amount, model))
      await db.write(() => refundOf({ accountId: ACCOUNT, id: 'gen_3' }, AT))
      const before = await sumsIn(db)
      for (const chunk of [1, 5, 14, 20_000]) {
        await db.write(() => run('delete from usage_session_day', 'delete from usage_month'))
        await db.write(() => fillSums(chunk))
        expect(await sumsIn(db), `of ${chunk}`).toEqual(before)
      }
    })
  })
})
