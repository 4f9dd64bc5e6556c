import { describe, expect, test } from 'vitest'
import type { Db } from '../../src/db/db.ts'
import { findDifference } from '../../src/verify.ts'
import { ENGINES, temporaryLedger } from '../support/databases.ts'
import { onEachEngine } from '../support/engines.ts'
import {
  BILLED,
  LIMIT,
  MINUTE_MS,
  NOON,
  openAccounts,
  workOn,
  type Apply,
} from '../support/upstream-orders.ts'

const HOUR_MS = 60 * MINUTE_MS

async function opened() {
  const ledger = await temporaryLedger()
  await openAccounts(ledger.db, 'acct_1', 'acct_2')
  return {
    ...workOn(ledger.db),
    difference: () => ledger.db.read(findDifference),
    [Symbol.asyncDispose]: () => ledger[Symbol.asyncDispose](),
  }
}

onEachEngine(() => {
  test('what is at the service leaves no room for more than may end unpaid', async () => {
    await using work = await opened()
    for (const number of [1, 2, 3]) expect(await work.begin(number)).toBe(true)
    expect(await work.begin(4)).toBe(false)
    expect(await work.ask(4)).toBe(false)
    await work.deliver(1)
    expect(await work.ask(4)).toBe(true)
    expect(await work.begin(5)).toBe(false)
    expect(await work.rows('select sum(upstream_jobs) as jobs from generation')).toEqual([
      { jobs: 4 },
    ])
    expect(await work.difference()).toBeNull()
  })

  test('what ended unpaid is refused for, and what waits then too', async () => {
    await using work = await opened()
    for (const number of [1, 2, 3, 4]) await work.begin(number)
    await work.fail(1, BILLED, 'content_refused')
    expect(await work.ask(4)).toBe(false)
    await work.fail(2, BILLED, 'content_refused')
    await work.fail(3, BILLED, 'content_refused')
    expect(await work.ask(4)).toBe('rate_limited')
    expect(await work.begin(5)).toBe('rate_limited')
    expect(await work.rows(`select id from generation where id = 'gen_0005'`)).toEqual([])
    expect(await work.difference()).toBeNull()
  })

  test('the jobs of a call count, and not the call', async () => {
    await using work = await opened()
    expect(await work.begin(1, { jobs: 2 })).toBe(true)
    expect(await work.begin(2, { jobs: 2 })).toBe(false)
    await work.fail(1, { jobs: 2, cost: 80_000 }, 'content_refused')
    expect(await work.ask(2, { jobs: 2 })).toBe('rate_limited')
    expect(await work.begin(3)).toBe(true)
    expect(await work.begin(4, { jobs: LIMIT + 1 })).toBe('rate_limited')
  })

  test('another account has its own allowance', async () => {
    await using work = await opened()
    for (const number of [1, 2, 3]) {
      await work.begin(number)
      await work.fail(number, BILLED)
    }
    expect(await work.begin(4)).toBe('rate_limited')
    expect(await work.begin(5, { account: 'acct_2' })).toBe(true)
  })

  test('after 60 minutes, and not before, an unpaid job no longer counts', async () => {
    await using work = await opened()
    for (const number of [1, 2, 3]) {
      await work.begin(number)
      await work.fail(number, BILLED, 'content_refused', NOON + number * MINUTE_MS)
    }
    const freeAt = NOON + MINUTE_MS + HOUR_MS
    expect(await work.begin(4, { at: freeAt - 1 })).toBe('rate_limited')
    expect(await work.begin(5, { at: freeAt })).toBe(true)
    expect(await work.begin(6, { at: freeAt })).toBe(false)
    expect(await work.begin(7, { at: freeAt + 2 * MINUTE_MS })).toBe(true)
  })

  test('a model rests after three times without an output, for an hour, and for that account', async () => {
    await using work = await opened()
    const barren = async (number: number, at = NOON) => {
      const begun = await work.begin(number, { at, model: 'acme/b', jobs: 1 })
      if (begun === true) await work.fail(number, BILLED, 'no_output', at)
      return begun
    }
    const far = 20 * MINUTE_MS // so that not more than three end unpaid in an hour
    expect([await barren(1), await barren(2, NOON + far), await barren(3, NOON + 2 * far)]).toEqual(
      [true, true, true],
    )
    const at = NOON + HOUR_MS + far
    expect(await work.begin(4, { at, model: 'acme/b' })).toBe('rate_limited')
    expect(await work.begin(5, { at, model: 'acme/b', account: 'acct_2' })).toBe(true)
    expect(await work.begin(6, { at, model: 'acme/c' })).toBe(true)
    expect(await work.begin(7, { at: NOON + 2 * far + HOUR_MS, model: 'acme/b' })).toBe(true)
  })

  test('neither a refusal nor another model makes a row of three, and an output ends one', async () => {
    await using work = await opened()
    const steps = ['no_output', 'content_refused', 'no_output', 'output', 'no_output', 'no_output']
    for (const [number, step] of steps.entries()) {
      const at = NOON + number * 30 * MINUTE_MS
      expect(await work.begin(number, { at })).toBe(true)
      if (step === 'output') await work.deliver(number, { at })
      else await work.fail(number, BILLED, step as 'no_output', at)
    }
    expect(await work.begin(10, { at: NOON + 6 * 30 * MINUTE_MS })).toBe(true)
    expect(await work.difference()).toBeNull()
  })

  test('a failure writes what it cost or nothing at all', async () => {
    await using work = await opened()
    await work.begin(1)
    await work.deliver(1, { bill: { jobs: 2, cost: 90_000 }, unpaid: { jobs: 1, cost: 45_000 } })
    await expect(work.fail(1, BILLED)).rejects.toThrow('hold gen_0001 is captured')
    await work.begin(2)
    await work.fail(2, { jobs: 1, cost: null })
    expect(await work.fail(2, { jobs: 1, cost: null })).toBe(false)
    await work.begin(3)
    await work.fail(3, { jobs: 0, cost: 0 })
    await work.begin(4, { jobs: null }) // on an own key, or on this machine
    await work.fail(4, BILLED)
    expect(await work.rows('select id, code, jobs, cost from unpaid_job order by id')).toEqual([
      { id: 'gen_0001', code: 'partial', jobs: 1, cost: 45_000 },
      { id: 'gen_0002', code: 'no_output', jobs: 1, cost: null },
    ])
    expect(
      await work.rows(
        'select count, cost, unknown_count, unpaid_jobs, unpaid_cost from upstream_day',
      ),
    ).toEqual([{ count: 2, cost: 90_000, unknown_count: 1, unpaid_jobs: 2, unpaid_cost: 45_000 }])
    expect(await work.difference()).toBeNull()
  })
})

/** One after another, each in a transaction of its own. */
const singly: Apply = (db, command, args) => db.write(() => command.single(args))

describe.runIf(ENGINES.includes('postgres'))('on PostgreSQL', () => {
  test('sets leave the very rows that their members leave one after another', async () => {
    await using together = await temporaryLedger('postgres')
    await using apart = await temporaryLedger('postgres')
    const wishes = Array.from({ length: 24 }, (_, number) => ({
      account: `acct_${number % 12}`,
      model: number % 3 === 0 ? 'acme/a' : 'acme/b',
      jobs: number % 4 === 0 ? null : 1,
    }))
    for (const { db } of [together, apart]) {
      await openAccounts(db, ...new Set(wishes.map(({ account }) => account)))
      const work = workOn(db, db === apart.db ? singly : undefined)
      const all = async (body: (number: number) => Promise<unknown>, numbers: number[]) => {
        if (db === together.db) return void (await Promise.all(numbers.map(body)))
        for (const number of numbers) await body(number)
      }
      const numbers = [...wishes.keys()]
      await all((number) => work.begin(number, wishes[number]), numbers)
      const failing = numbers.filter((number) => number % 5 < 2)
      await all((number) => work.fail(number, number % 2 === 0 ? BILLED : undefined), failing)
      const done = numbers.filter((number) => number % 5 >= 2)
      await all((number) => {
        const unpaid = number % 3 === 0 ? { jobs: 1, cost: 10_000 } : undefined
        return work.deliver(number, { at: NOON + 1, ...(unpaid && { unpaid }) })
      }, done)
    }
    expect(await rowsOf(together.db)).toEqual(await rowsOf(apart.db))
    expect(await together.db.read(findDifference)).toBeNull()
  })
})

async function rowsOf(db: Db) {
  const work = workOn(db)
  return {
    generations: await work.rows(
      'select id, status, upstream_cost, upstream_jobs from generation order by id',
    ),
    unpaid: await work.rows('select * from unpaid_job order by id'),
    days: await work.rows('select * from upstream_day order by account_id, model'),
  }
}
