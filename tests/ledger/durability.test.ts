import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { query, type Db, type Row, type TransactionBody } from '../../src/db/db.ts'
import type { AppError } from '../../src/errors.ts'
import { capture, hold, openAccount } from '../../src/ledger/ledger.ts'
import { findDifference } from '../../src/verify.ts'
import { temporaryLedger } from '../support/databases.ts'
import { NO_CAPS, holdOf } from '../support/holds.ts'
import { startWorkers } from '../support/processes.ts'
import { commitsInWal } from '../support/wal.ts'
import { ACCOUNT } from '../support/worker-jobs.ts'

const NOW = Date.UTC(2026, 10, 21, 12)

async function ledgerWithAccount() {
  const ledger = await temporaryLedger()
  await ledger.db.write(() => openAccount(ACCOUNT, 'one', NOW))
  return ledger
}

const reserve = (db: Db, id: string, amount = 1) =>
  db.write(() => hold(holdOf({ id, amount }), NO_CAPS))
const pragma = (db: Db, text: string): Promise<Row[]> =>
  db.write(function* setting(): TransactionBody<Row[]> {
    return yield () => ({ sql: `pragma ${text}`, parameters: [] })
  })
const heldIds = async (db: Db) => {
  const rows = await db.read(() => query((from) => from.selectFrom('hold').select('id')))
  return new Set(rows.map(({ id }) => id))
}

test('a commit is synced to disk before anyone is told of it', async () => {
  await using ledger = await ledgerWithAccount()
  expect(await pragma(ledger.db, 'journal_mode')).toEqual([{ journal_mode: 'wal' }])
  expect(await pragma(ledger.db, 'synchronous')).toEqual([{ synchronous: 2 }])
})

test('one write is one commit, and so are sixteen of the same turn', async () => {
  await using ledger = await ledgerWithAccount()
  const before = commitsInWal(ledger.file)
  for (let number = 0; number < 5; number++) await reserve(ledger.db, `gen_single_${number}`)
  expect(commitsInWal(ledger.file) - before).toBe(5)
  await Promise.all(Array.from({ length: 16 }, (_, n) => reserve(ledger.db, `gen_together_${n}`)))
  expect(commitsInWal(ledger.file) - before).toBe(6)
  expect((await heldIds(ledger.db)).size).toBe(21)
})

test('writes that wait for a busy file are done by one commit when it is free', async () => {
  await using ledger = await ledgerWithAccount()
  const other = new Database(ledger.file)
  other.exec('begin immediate')
  const before = commitsInWal(ledger.file)
  const waiting = Array.from({ length: 200 }, (_, number) => reserve(ledger.db, `gen_${number}`))
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(other.prepare('select count(*) as holds from hold').get()).toEqual({ holds: 0 })
  other.exec('rollback')
  other.close()
  await Promise.all(waiting)
  expect(commitsInWal(ledger.file) - before).toBe(2) // at most 128 share one
  expect((await heldIds(ledger.db)).size).toBe(200)
})

test('a write has the file for itself from its first query on', async () => {
  await using ledger = await ledgerWithAccount()
  const other = new Database(ledger.file, { timeout: 0 })
  await ledger.db.write(function* reader() {
    yield () => ({ sql: 'select * from account', parameters: [] })
    expect(() => other.exec('update account set name = name')).toThrow('database is locked')
  })
  other.close()
})

test('a unit that throws undoes itself alone', async () => {
  await using ledger = await ledgerWithAccount()
  const [first, broken, last] = await Promise.allSettled([
    reserve(ledger.db, 'gen_1'),
    ledger.db.write(function* halfDone() {
      yield* hold(holdOf({ id: 'gen_2', amount: 1 }), NO_CAPS)
      throw new Error('half done')
    }),
    reserve(ledger.db, 'gen_3'),
  ])
  expect([first?.status, broken?.status, last?.status]).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  expect(await heldIds(ledger.db)).toEqual(new Set(['gen_1', 'gen_3']))
  expect(await ledger.db.read(findDifference)).toBeNull()
})

test('on a full disk every caller is told, and nothing is lost or half done', async () => {
  await using ledger = await ledgerWithAccount()
  await reserve(ledger.db, 'gen_kept', 20)
  const [size] = await pragma(ledger.db, 'page_count')
  await pragma(ledger.db, `max_page_count = ${Number(size?.page_count) + 2}`)
  const kept = new Set(['gen_kept'])
  const refused: unknown[] = []
  for (let round = 0; round < 40; round++) {
    const ids = Array.from({ length: 8 }, (_, place) => `gen_${round}_${place}`)
    const settled = await Promise.allSettled(ids.map((id) => reserve(ledger.db, id)))
    for (const [place, call] of settled.entries()) {
      if (call.status === 'fulfilled') kept.add(ids[place] ?? '')
      else refused.push(call.reason)
    }
  }
  expect(refused.length).toBeGreaterThan(8)
  for (const error of refused) expect(error).toMatchObject({ code: 'ledger_unavailable' })
  expect(await heldIds(ledger.db)).toEqual(kept)
  expect(await ledger.db.read(findDifference)).toBeNull()

  await pragma(ledger.db, 'max_page_count = 1000000')
  await ledger.db.write(() => capture('gen_kept', 20, NOW))
  await reserve(ledger.db, 'gen_after')
  expect(await ledger.db.read(findDifference)).toBeNull()
})

test.each([
  ['max_page_count = 1', 'The disk of the ledger file is full', 'Free space'],
  ['query_only = 1', 'The ledger file is read-only', 'the right to write'],
])('after pragma %s the refusal says what is wrong', async (setting, message, next) => {
  await using ledger = await ledgerWithAccount()
  await pragma(ledger.db, setting)
  const fill = Array.from({ length: 400 }, (_, n) => reserve(ledger.db, `gen_fill_${n}`))
  const refused = (await Promise.allSettled(fill)).find(({ status }) => status === 'rejected')
  expect(refused).toMatchObject({ reason: { code: 'ledger_unavailable' } })
  const { reason } = refused as PromiseRejectedResult
  expect((reason as AppError).message).toContain(message)
  expect((reason as AppError).localHint).toContain(next)
})

test.skipIf(process.platform === 'win32')(
  'a process that may write no further says so, and another goes on from what it had done',
  async () => {
    await using ledger = await ledgerWithAccount()
    const [worker] = await startWorkers(1, { fileBlocks: 2048 })
    const answer = await worker?.run({ do: 'fill', url: ledger.url, name: 'a', rounds: 60 })
    const outcomes = answer?.outcomes ?? []
    expect(new Set(outcomes)).toEqual(new Set(['ok', 'ledger_unavailable']))
    const done = outcomes.flatMap((outcome, n) => (outcome === 'ok' ? [`gen_a_${n}`] : []))
    expect(await heldIds(ledger.db)).toEqual(new Set(done))
    await reserve(ledger.db, 'gen_after')
    expect(await ledger.db.read(findDifference)).toBeNull()
  },
)
