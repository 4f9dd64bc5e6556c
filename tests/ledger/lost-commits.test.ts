import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { createAccount, listAccounts } from '../../src/accounts/accounts.ts'
import { query, type Db, type Row, type TransactionBody } from '../../src/db/db.ts'
import { openPostgres } from '../../src/db/postgres.ts'
import { openDb } from '../../src/db/queue.ts'
import { CAPTURE, HOLD, RELEASE } from '../support/ledger-commands.ts'
import { openAccount } from '../../src/ledger/ledger.ts'
import { available } from '../../src/ledger/refusal.ts'
import { creditAccount } from '../../src/operator/money.ts'
import { ledgerBehindProxy } from '../support/behind-proxy.ts'
import { actOf, refundOf } from '../support/operator-acts.ts'
import { findDifference } from '../../src/verify.ts'
import { ENGINES, temporaryLedger } from '../support/databases.ts'
import { NO_CAPS, holdOf } from '../support/holds.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const IDS = Array.from({ length: 8 }, (_, number) => `gen_${number}`)
const holdNumber = (id: string) => ({ request: holdOf({ id, amount: 100 }), caps: NO_CAPS })

describe.runIf(ENGINES.includes('postgres'))('a commit whose answer is lost', () => {
  test('of a single hold, capture or release is done once', async () => {
    await using ledger = await ledgerBehindProxy(NOW)
    const { db, far, proxy } = ledger
    proxy.loseCommits(1)
    await far.apply(HOLD, holdNumber('gen_1'))
    await far.apply(HOLD, holdNumber('gen_2'))
    proxy.loseCommits(1)
    await far.apply(CAPTURE, { id: 'gen_1', amount: 60, at: NOW })
    proxy.loseCommits(1)
    await far.apply(RELEASE, { id: 'gen_2', at: NOW, state: 'released' })
    expect(proxy.lost).toBe(3)
    expect(await statesOf(db)).toEqual({ gen_1: 'captured', gen_2: 'released' })
    expect(await db.read(findDifference)).toBeNull()
  })

  test('of a set is done once for each of its members', async () => {
    await using ledger = await ledgerBehindProxy(NOW)
    const { db, far, proxy } = ledger
    proxy.loseCommits(1)
    await Promise.all(IDS.map((id) => far.apply(HOLD, holdNumber(id))))
    proxy.loseCommits(1)
    await Promise.all(IDS.map((id) => far.apply(CAPTURE, { id, amount: 70, at: NOW })))
    expect(proxy.lost).toBe(2)
    expect(new Set(Object.values(await statesOf(db)))).toEqual(new Set(['captured']))
    const [account] = await db.read(() => query((from) => from.selectFrom('account').selectAll()))
    expect(account).toMatchObject({ held: 0, spent: 560, entries: 9 })
    expect(await db.read(findDifference)).toBeNull()
  })

  test('of the same order twice in a row is done once', async () => {
    await using ledger = await ledgerBehindProxy(NOW)
    const { db, far, proxy } = ledger
    proxy.loseCommits(2)
    await far.apply(HOLD, holdNumber('gen_1'))
    expect(proxy.lost).toBe(2)
    expect(await statesOf(db)).toEqual({ gen_1: 'held' })
    expect(await db.read(findDifference)).toBeNull()
  })

  test('of a refund, a credit or a new account, is done once', async () => {
    await using ledger = await ledgerBehindProxy(NOW)
    const { db, far, proxy } = ledger
    await far.apply(HOLD, holdNumber('gen_1'))
    await far.apply(CAPTURE, { id: 'gen_1', amount: 100, at: NOW })
    proxy.loseCommits(1)
    const charge = { accountId: 'acct_1', id: 'gen_1' }
    const act = actOf(NOW)
    expect(await far.write(() => refundOf(charge, NOW, act))).toBe(true)
    expect(await far.write(() => refundOf(charge, NOW))).toBe(false)
    proxy.loseCommits(1)
    const credit = actOf(NOW)
    const given = { accountId: 'acct_1', amount: 1_000_000 }
    expect(await far.write(() => creditAccount(given, credit))).toMatchObject({ replayed: false })
    proxy.loseCommits(1)
    await far.write(() => createAccount('Ada', NOW, 'acct_ada'))
    expect(proxy.lost).toBe(3)
    expect(await db.read(() => available('acct_1'))).toBe(6_000_000)
    expect((await db.read(() => listAccounts())).map((account) => account.id)).toEqual([
      'acct_1',
      'acct_ada',
    ])
    expect(await db.read(findDifference)).toBeNull()
  })

  test('leaves no connection behind that waits, and others never notice', async () => {
    await using ledger = await ledgerBehindProxy(NOW)
    const { db, far, proxy } = ledger
    proxy.loseCommits(20)
    await Promise.all(
      IDS.map(async (id) => {
        await far.apply(HOLD, holdNumber(id))
        await db.apply(CAPTURE, { id, amount: 1, at: NOW })
      }),
    )
    expect(new Set(Object.values(await statesOf(db)))).toEqual(new Set(['captured']))
    expect(await db.read(findDifference)).toBeNull()
  })
})

describe.runIf(ENGINES.includes('postgres'))('a backend that is terminated', () => {
  test('in the middle of transactions loses and doubles nothing, and no caller notices', async () => {
    await using ledger = await temporaryLedger('postgres')
    const { db } = ledger
    await db.write(() => openAccount('acct_1', 'one', NOW))
    const name = `victim_${crypto.randomUUID()}`
    const named = new URL(ledger.url)
    named.searchParams.set('application_name', name)
    const victim = openDb(await openPostgres(named.href))
    let terminated = 0
    let paid = 0
    const isOver = (): boolean => terminated >= 10
    const lane = async (number: number): Promise<void> => {
      for (let place = 0; !isOver(); place++, paid++) {
        const id = `gen_${number}_${place}`
        const charge = { id, amount: 100, at: NOW }
        await victim.apply(HOLD, holdNumber(id))
        if (number % 2 === 0) await victim.apply(CAPTURE, charge)
        else await victim.write(() => CAPTURE.single(charge))
      }
    }
    const lanes = Array.from({ length: 16 }, (_, number) => lane(number))
    while (!isOver()) {
      terminated += (await db.read(() => terminate(name))).length
      await sleep(Math.random() * 20)
    }
    await Promise.all(lanes)
    await victim.close()
    const states = Object.values(await statesOf(db))
    expect(states).toEqual(Array.from({ length: paid }, () => 'captured'))
    expect(await db.read(findDifference)).toBeNull()
  })
})

/** Ends the connections of a program, whatever they do. */
function* terminate(program: string): TransactionBody<Row[]> {
  return yield () => ({
    sql: `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = $1`,
    parameters: [program],
  })
}

async function statesOf(db: Db): Promise<Record<string, string>> {
  const rows = await db.read(() => query((from) => from.selectFrom('hold').select(['id', 'state'])))
  return Object.fromEntries(rows.map(({ id, state }) => [id, state]))
}
