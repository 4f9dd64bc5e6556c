import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { query, type Db, type TransactionBody } from '../../src/db/db.ts'
import { openDb } from '../../src/db/queue.ts'
import { openSqlite } from '../../src/db/sqlite/sqlite.ts'
import { capture, hold, openAccount, release } from '../../src/ledger/ledger.ts'
import { SIGNUP_GRANT } from '../../src/ledger/rules.ts'
import { findDifference } from '../../src/verify.ts'
import { ACCOUNTS, operation, type Drawn } from './draws.ts'
import { Model } from './model.ts'
import type { Operation, Result } from './operations.ts'
import { credit, refundOf } from './operator-acts.ts'
import { buy, takeBack } from './purchases.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

export type Sequences = { runs: number; seed: number; endOnFailure?: boolean }

/**
 * Runs random sequences of commands against the ledger and against its model, and compares both after
 * every step. Throws with the shortest sequence found on which they differ.
 */
export async function compareWithModel({ runs, seed, endOnFailure = false }: Sequences) {
  const property = fc.asyncProperty(commands, async (sequence) => {
    const db = openDb(await openSqlite(':memory:')) // speed: the disk is the matter of other tests
    try {
      await fc.asyncModelRun(() => begin(db), sequence)
    } finally {
      await db.close()
    }
  })
  await fc.assert(property, { numRuns: runs, seed, endOnFailure })
}

async function begin(real: Db): Promise<{ model: Model; real: Db }> {
  const model = new Model()
  for (const id of ACCOUNTS) {
    model.open(id, SIGNUP_GRANT)
    await real.write(() => openAccount(id, id, model.now))
  }
  return { model, real }
}

/** Operations asked for in one turn of the event loop: they share a transaction, in this order. */
class Writes implements fc.AsyncCommand<Model, Db> {
  readonly drawn: readonly Drawn[]
  #shown = 'not run'

  constructor(drawn: readonly Drawn[]) {
    this.drawn = drawn
  }

  check = () => true

  async run(model: Model, db: Db): Promise<void> {
    const operations = this.drawn.map((draw) => draw(model))
    this.#shown = JSON.stringify(operations)
    const results = operations.map((operation) => perform(db, operation, model.now))
    const expected = operations.map((operation) => model.apply(operation))
    deepStrictEqual(await Promise.all(results), expected, `results of ${this.#shown}`)
    await compare(model, db)
  }

  toString = () => this.#shown
}

class Clock implements fc.AsyncCommand<Model, Db> {
  readonly by: number

  constructor(by: number) {
    this.by = by
  }

  check = () => true

  async run(model: Model): Promise<void> {
    model.now += this.by
  }

  toString = () => `clock ${this.by / HOUR} h`
}

async function perform(db: Db, operation: Operation, now: number): Promise<Result> {
  try {
    return (await db.write(() => unitOf(operation, now))) ? 'done' : 'replay'
  } catch (error) {
    const { code, name, message } = error as Error & { code?: string }
    return code?.startsWith('SQLITE') === true ? message : (code ?? name)
  }
}

function unitOf(operation: Operation, now: number): TransactionBody<boolean> {
  switch (operation.do) {
    case 'hold':
      return hold({ ...operation.request, created_at: now }, operation.caps)
    case 'capture':
      return capture(operation.id, operation.amount, now)
    case 'release':
      return release(operation.id, now, operation.state)
    case 'refund':
      return refundOf(operation, now)
    case 'buy':
      return buy(operation.id, operation.accountId, operation.cents, now)
    case 'takeBack':
      return takeBack(operation.id, operation.target, now, operation.stale)
    case 'credit':
      return credit(operation, now)
  }
}

async function compare(model: Model, db: Db): Promise<void> {
  deepStrictEqual(await db.read(findDifference), null)
  const accounts = await db.read(() => query((from) => from.selectFrom('account').selectAll()))
  for (const account of accounts) {
    const expected = model.account(account.id)
    const columns = Object.keys(expected) as (keyof typeof expected)[]
    const found = Object.fromEntries(columns.map((name) => [name, account[name]]))
    deepStrictEqual(found, expected, `account ${account.id}`)
  }
  const budgets = await db.read(() =>
    query((from) => from.selectFrom('budget').select(['id', 'cap', 'held', 'spent'])),
  )
  const kept = new Map(budgets.map(({ id, ...columns }) => [id, columns]))
  deepStrictEqual(kept, model.budgets, 'budgets')
  const usage = await db.read(() => query((from) => from.selectFrom('usage_day').selectAll()))
  const used = usage.map(({ account_id, day, key_id, billing, count, amount }) => {
    return [[account_id, day, key_id, billing].join(' '), { count, amount }] as const
  })
  deepStrictEqual(new Map(used), model.usage, 'usage')
}

const commands = fc.commands(
  [
    operation.map((drawn) => new Writes([drawn])),
    operation.map((drawn) => new Writes([drawn])),
    fc.array(operation, { minLength: 2, maxLength: 8 }).map((drawn) => new Writes(drawn)),
    fc.constantFrom(-DAY, -HOUR, -1, 1, HOUR, DAY, 31 * DAY).map((by) => new Clock(by)),
  ],
  { maxCommands: 40, size: 'max' },
)
