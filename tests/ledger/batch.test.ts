import { describe, expect, test } from 'vitest'
import { query, type Command, type Db, type Row, type TransactionBody } from '../../src/db/db.ts'
import { CAPTURE, HOLD, RELEASE } from '../support/ledger-commands.ts'
import { COLUMNS } from '../../src/ledger/batch/columns.ts'
import { openAccount } from '../../src/ledger/ledger.ts'
import { findAccount } from '../../src/ledger/queries/account.ts'
import { findDifference } from '../../src/verify.ts'
import { ENGINES, temporaryLedger, type EngineName } from '../support/databases.ts'
import { NO_CAPS, holdOf } from '../support/holds.ts'
import { loseCredits } from '../support/purchases.ts'

const NOW = Date.UTC(2026, 10, 21, 23, 59, 59)
const ACCOUNTS = ['acct_1', 'acct_2', 'acct_3']
const TABLES = [
  'account',
  'hold',
  'budget',
  'entry',
  'usage_day',
  'usage_session_day',
  'usage_month',
] as const

/** Forty holds of three accounts: credits and own keys, free ones, with and without an API key, at different times. */
const HOLDS = Array.from({ length: 40 }, (_, number) => {
  const account_id = ACCOUNTS[number % 3] ?? ''
  return {
    caps: { ...NO_CAPS, session: 1_000_000, month: number % 3 === 0 ? 3_000_000 : null },
    request: holdOf({
      id: `gen_${(number * 7) % 40}`,
      account_id,
      session_id: `ses_${account_id}_${number % 2}`,
      key_id: number % 4 === 0 ? `key_${account_id}` : '',
      amount: number % 10 === 0 ? 0 : 10_000 + number,
      billing: number % 5 === 0 ? 'own_key' : 'credits',
      created_at: NOW + number * 40, // past midnight
      model: `fal-ai/${number % 2}`,
    }),
  }
})
const ENDS = HOLDS.map(({ request }, number) => ({
  id: request.id,
  amount: Math.floor((request.amount * (number % 5)) / 4),
  at: NOW + 5_000 - ((number * 13) % 7) * 1_000, // the clock jumps
}))
const captured = ENDS.filter((_, number) => number % 3 !== 0)
const released = ENDS.filter((_, number) => number % 3 === 0).map(({ id, at }) => {
  return { id, at, state: 'released' as const }
})

describe.each(ENGINES)('on %s,', (engine) => {
  test('a set leaves the very rows that its members leave one after another', async () => {
    await using together = await openedLedger(engine)
    await using singly = await openedLedger(engine)
    for (const { db } of [together, singly])
      await db.write(() => loseCredits('acct_2', 4_990_000, NOW))
    const holds = HOLDS.filter(({ request }) => request.account_id !== 'acct_2')
    await asSet(together.db, HOLD, holds)
    await oneByOne(singly.db, HOLD, holds)
    expect(await rowsOf(together.db)).toEqual(await rowsOf(singly.db))
  })

  test('so do sets that end them, where a debt came in between', async () => {
    await using together = await openedLedger(engine)
    await using singly = await openedLedger(engine)
    for (const { db } of [together, singly]) {
      await oneByOne(db, HOLD, HOLDS)
      for (const id of ACCOUNTS) await db.write(() => loseCredits(id, 4_900_000, NOW))
    }
    await asSet(together.db, CAPTURE, captured)
    await asSet(together.db, RELEASE, released)
    await oneByOne(singly.db, CAPTURE, captured)
    await oneByOne(singly.db, RELEASE, released)
    expect(await rowsOf(together.db)).toEqual(await rowsOf(singly.db))
    expect(await together.db.read(findDifference)).toBeNull()
  })

  test('calls of a command that wait together run as a set, and a call by itself does not', async () => {
    await using ledger = await openedLedger(engine)
    const sizes: number[] = []
    const command: Command<number, number> = {
      *single(number) {
        yield* findAccount({ id: 'acct_1' })
        sizes.push(1)
        return number
      },
      *batch(numbers) {
        yield* findAccount({ id: 'acct_1' })
        sizes.push(numbers.length)
        return numbers.map((number) => -number)
      },
    }
    const apply = (number: number): Promise<number> => ledger.db.apply(command, number)
    expect(await Promise.all([apply(1), apply(2), apply(3)])).toEqual([-1, -2, -3])
    expect(await apply(4)).toBe(4)
    expect(sizes).toEqual([3, 1])
  })

  test('a member that is refused, repeated or another’s is told so, and its neighbours are done', async () => {
    await using ledger = await openedLedger(engine)
    await oneByOne(ledger.db, HOLD, HOLDS.slice(0, 3))
    const [known, changed] = HOLDS
    const request = (id: string, amount: number, account_id = 'acct_3') =>
      holdOf({ id, amount, account_id, created_at: NOW })
    const settled = await Promise.allSettled(
      [
        ...HOLDS.slice(3),
        { request: known?.request ?? request('', 0), caps: NO_CAPS },
        { request: { ...(changed?.request ?? request('', 0)), fingerprint: 'x' }, caps: NO_CAPS },
        { request: request('gen_dear', 5_000_001), caps: NO_CAPS },
        { request: request('gen_capped', 2), caps: { ...NO_CAPS, day: 1 } },
        { request: request('gen_lost', 1, 'acct_unknown'), caps: NO_CAPS },
        { request: request('gen_twice', 3), caps: NO_CAPS },
        { request: request('gen_twice', 3), caps: NO_CAPS },
      ].map((order) => ledger.db.apply(HOLD, order)),
    )
    const outcomes = settled.map((each) =>
      each.status === 'fulfilled' ? each.value : (each.reason as { code: string }).code,
    )
    expect(outcomes.slice(0, 37)).toEqual(Array.from({ length: 37 }, () => true))
    expect(outcomes.slice(37, 42)).toEqual([
      false,
      'idempotency_conflict',
      'insufficient_credits',
      'daily_budget_exceeded',
      'insufficient_credits',
    ])
    expect(new Set(outcomes.slice(42))).toEqual(new Set([false, true]))
    expect(await ledger.db.read(findDifference)).toBeNull()
  })

  test('the same hold twice in a set is held once', async () => {
    await using ledger = await openedLedger(engine)
    const request = holdOf({ id: 'gen_1', amount: 7, account_id: 'acct_1', created_at: NOW })
    const twice = [1, 2].map(() => ledger.db.apply(HOLD, { request, caps: NO_CAPS }))
    expect(new Set(await Promise.all(twice))).toEqual(new Set([true, false]))
    const account = await ledger.db.read(() => findAccount({ id: 'acct_1' }))
    expect(account).toMatchObject([{ held: 7 }])
  })

  test('holds of a set that name different caps of a budget are each held to their own', async () => {
    await using ledger = await openedLedger(engine)
    const apply = (id: string, day: number | null) => {
      const request = holdOf({ id, amount: 7, account_id: 'acct_1', created_at: NOW })
      return ledger.db.apply(HOLD, { request, caps: { ...NO_CAPS, day } })
    }
    const [free, capped] = await Promise.allSettled([apply('gen_1', null), apply('gen_2', 10)])
    expect(free).toMatchObject({ value: true })
    expect(capped).toMatchObject({ reason: { code: 'daily_budget_exceeded' } })
  })

  test('captures and releases of the same holds at once: each ends in one way', async () => {
    await using ledger = await openedLedger(engine)
    await asSet(ledger.db, HOLD, HOLDS)
    const settled = await Promise.allSettled([
      ...ENDS.map((end) => ledger.db.apply(CAPTURE, end)),
      ...ENDS.map(({ id, at }) => ledger.db.apply(RELEASE, { id, at, state: 'released' })),
      ...ENDS.map((end) => ledger.db.apply(CAPTURE, end)),
    ])
    const done = settled.filter((each) => each.status === 'fulfilled' && each.value)
    expect(done).toHaveLength(ENDS.length)
    const errors = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason.name] : []))
    expect(new Set(errors)).toEqual(new Set(['HoldError']))
    expect(await ledger.db.read(findDifference)).toBeNull()
  })
})

describe.runIf(ENGINES.includes('postgres'))('on PostgreSQL alone', () => {
  test('a set names every column of its tables, so that one of a later version keeps its default', async () => {
    await using ledger = await temporaryLedger('postgres')
    for (const [table, names] of Object.entries(COLUMNS)) {
      const rows = await ledger.db.read(function* columns(): TransactionBody<Row[]> {
        const sql = `select attname from pg_attribute
          where attrelid = '${table}'::regclass and attnum > 0 and not attisdropped`
        return yield () => ({ sql, parameters: [] })
      })
      expect(new Set(names.split(/,\s+/))).toEqual(new Set(rows.map(({ attname }) => attname)))
    }
  })

  test('a set is one transaction', async () => {
    await using ledger = await openedLedger('postgres')
    const transaction = () =>
      ledger.db.read(function* read(): TransactionBody<Row[]> {
        return yield () => ({ sql: 'select xmin::text from hold', parameters: [] })
      })
    await asSet(ledger.db, HOLD, HOLDS)
    expect(new Set((await transaction()).map(({ xmin }) => xmin)).size).toBe(1)
  })
})

async function openedLedger(engine: EngineName) {
  const ledger = await temporaryLedger(engine)
  for (const id of ACCOUNTS) await ledger.db.write(() => openAccount(id, id, NOW))
  return ledger
}

/** All in one turn of the event loop, each of them done anew. */
async function asSet<A>(db: Db, command: Command<A, boolean>, orders: readonly A[]): Promise<void> {
  const done = await Promise.all(orders.map((order) => db.apply(command, order)))
  expect(new Set(done)).toEqual(new Set([true]))
}

async function oneByOne<A>(db: Db, command: Command<A, boolean>, orders: readonly A[]) {
  for (const order of orders) expect(await db.write(() => command.single(order))).toBe(true)
}

/** Every row of the ledger. The ids of grants and clawbacks are drawn. */
async function rowsOf(db: Db) {
  const tables = await Promise.all(
    TABLES.map((table) => db.read(() => query((from) => from.selectFrom(table).selectAll()))),
  )
  return tables.map((rows) =>
    rows.map((row) => JSON.stringify(row).replace(/txn_topup_\w+/, 'txn_topup')).toSorted(),
  )
}
