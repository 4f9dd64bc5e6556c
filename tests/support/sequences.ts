import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { query, type Db, type TransactionBody } from '../../src/db/db.ts'
import { openDb } from '../../src/db/queue.ts'
import { openSqlite } from '../../src/db/sqlite/sqlite.ts'
import { capture, hold, openAccount, refund, release } from '../../src/ledger/ledger.ts'
import { SIGNUP_GRANT, type Caps } from '../../src/ledger/rules.ts'
import type { Payer } from '../../src/db/schema/ledger.ts'
import { findDifference } from '../../src/verify.ts'
import { holdOf } from './holds.ts'
import { Model, type Operation, type Result } from './model.ts'
import { buy, purchaseId, takeBack } from './purchases.ts'

const ACCOUNTS = ['acct_1', 'acct_2']
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

/** An operation as drawn: the id is one of a few, amounts may depend on what the model holds. */
type Drawn = (model: Model) => Operation

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
      return refund(operation.accountId, operation.id, now)
    case 'buy':
      return buy(operation.id, operation.accountId, operation.cents, now)
    case 'takeBack':
      return takeBack(operation.id, operation.target, now, operation.stale)
  }
}

async function compare(model: Model, db: Db): Promise<void> {
  deepStrictEqual(await db.read(findDifference), null)
  const accounts = await db.read(() => query((from) => from.selectFrom('account').selectAll()))
  for (const { id, name: _, created_at: __, models: ___, ...columns } of accounts) {
    deepStrictEqual(columns, model.account(id), `account ${id}`)
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

const id = fc.nat(15).map((number) => `gen_${number}`)
const accountId = fc.constantFrom(...ACCOUNTS)
const amount = fc.oneof(
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 1_500_000 }) },
  { weight: 2, arbitrary: fc.constantFrom(500_000, 1_000_000) }, // sums that meet a cap exactly
  { weight: 1, arbitrary: fc.constantFrom(SIGNUP_GRANT, SIGNUP_GRANT + 1) },
)
const cap = fc.oneof(fc.constant(null), fc.constantFrom(1_000_000, 1_500_000, 4_000_000))
const caps: fc.Arbitrary<Caps> = fc.record({
  session: cap,
  day: cap,
  month: cap,
  key_day: cap,
  key_month: cap,
  key_total: cap,
})

const newHold: fc.Arbitrary<Drawn> = fc
  .record({
    id,
    amount,
    accountId,
    caps: fc.oneof(fc.constant(null), caps),
    session: fc.nat(1),
    keyed: fc.boolean(),
    billing: fc.constantFrom<Payer[]>('credits', 'credits', 'own_key'),
    all: fc.nat(3).map((chance) => chance === 0), // what is taken back after that becomes a debt
  })
  .map(({ accountId: account_id, session, keyed, caps: limits, all, ...rest }) => (model) => {
    const amount = all ? model.account(account_id).available : rest.amount
    return {
      do: 'hold',
      caps: limits ?? UNCAPPED,
      request: holdOf({
        ...rest,
        amount,
        account_id,
        session_id: `ses_${account_id}_${session}`,
        key_id: keyed ? `key_${account_id}` : '',
        fingerprint: `${account_id} ${amount}`,
      }),
    }
  })

const UNCAPPED: Caps = {
  session: null,
  day: null,
  month: null,
  key_day: null,
  key_month: null,
  key_total: null,
}

/** The same request once more, where there was one: its caps do not matter to a replay. */
const repeatedHold: fc.Arbitrary<Drawn> = fc.record({ id, newHold }).map(({ id, newHold }) => {
  return (model) => {
    const known = model.holds.get(id)
    return known ? { do: 'hold', request: known.request, caps: UNCAPPED } : newHold(model)
  }
})

const capturing: fc.Arbitrary<Drawn> = fc
  .record({ id, percent: fc.oneof(fc.constant(100), fc.integer({ min: 0, max: 110 })) })
  .map(({ id, percent }) => (model) => {
    const held = model.holds.get(id)?.request.amount ?? 100
    return { do: 'capture', id, amount: Math.floor((held * percent) / 100) }
  })

const releasing: fc.Arbitrary<Drawn> = fc
  .record({ id, state: fc.constantFrom<('released' | 'expired')[]>('released', 'expired') })
  .map(({ id, state }) => () => ({ do: 'release', id, state }))

/** A refund, mostly by the account that was charged. */
const refunding: fc.Arbitrary<Drawn> = fc
  .record({ id, stranger: fc.option(accountId, { freq: 5 }) })
  .map(({ id, stranger }) => (model) => {
    const owner = model.holds.get(id)?.request.account_id ?? 'acct_1'
    return { do: 'refund', id, accountId: stranger === null ? owner : stranger }
  })

const purchase = fc.nat(3).map(purchaseId)

const buying: fc.Arbitrary<Drawn> = fc
  .record({ id: purchase, accountId, cents: fc.integer({ min: 1, max: 1_500 }) })
  .map((drawn) => () => ({ do: 'buy', ...drawn }))

/** Any part of a purchase, more or less than before. */
const takingBack: fc.Arbitrary<Drawn> = fc
  .record({
    id: purchase,
    percent: fc.oneof(fc.constantFrom(0, 100), fc.nat(100)),
    stale: fc.nat(4).map((chance) => chance === 0),
  })
  .map(({ id, percent, stale }) => (model) => {
    const credits = model.purchases.get(id)?.credits ?? 0
    return { do: 'takeBack', id, target: Math.ceil((credits * percent) / 100), stale }
  })

const operation = fc.oneof(
  { weight: 8, arbitrary: newHold },
  { weight: 2, arbitrary: repeatedHold },
  { weight: 6, arbitrary: capturing },
  { weight: 3, arbitrary: releasing },
  { weight: 4, arbitrary: refunding },
  { weight: 1, arbitrary: buying },
  { weight: 2, arbitrary: takingBack },
)

const commands = fc.commands(
  [
    operation.map((drawn) => new Writes([drawn])),
    operation.map((drawn) => new Writes([drawn])),
    fc.array(operation, { minLength: 2, maxLength: 8 }).map((drawn) => new Writes(drawn)),
    fc.constantFrom(-DAY, -HOUR, -1, 1, HOUR, DAY, 31 * DAY).map((by) => new Clock(by)),
  ],
  { maxCommands: 40, size: 'max' },
)
