import { afterEach, describe, expect, test } from 'vitest'
import type { TransactionBody } from '../../src/db/db.ts'
import { capture, hold, openAccount } from '../../src/ledger/ledger.ts'
import { storeCheckpoint } from '../../src/ledger/proof/checkpoint.ts'
import { verifyAccount, verifyLedger } from '../../src/verify.ts'
import { temporaryLedger, type TestDatabase } from '../support/databases.ts'
import { onEachEngine } from '../support/engines.ts'
import { holdOf, NO_CAPS } from '../support/holds.ts'
import { refundOf } from '../support/operator-acts.ts'

const NOW = Date.UTC(2026, 10, 21, 12)

type Damage = [name: string, invariant: string, sql: string]

/** Found whenever it was done: what is computed from the entries is compared each time. */
const COUNTERS: Damage[] = [
  ['a balance', 'I11', `update account set available = available + 1, granted = granted + 1`],
  ['what is held', 'I3', `update account set available = available - 1, held = held + 1`],
  ['a budget', 'I9', `update budget set spent = spent - 1 where id = 'session:ses_old'`],
  ['the cap of a budget', 'I9', `update budget set held = held + 1 where id = 'session:ses_new'`],
  ['a roll-up', 'I10', `update usage_day set amount = amount + 1 where model = 'old'`],
  ['a roll-up taken away', 'I10', `delete from usage_day where model = 'new'`],
]

/** What was proven once is not read again, but by a full proof. */
const OLD: Damage[] = [
  ['an old entry', 'I13', `update entry set amount = amount - 1 where ref = 'gen_old'`],
  ['the text of an old entry', 'I21', `update entry set provider = 'x' where ref = 'gen_old'`],
  ['an old hold', 'I5', `update hold set captured = captured - 1 where id = 'gen_old'`],
]
const NEW: Damage[] = [
  ['a new entry', 'I13', `update entry set amount = amount - 1 where ref = 'gen_new'`],
  ['a new entry taken away', 'I4|I6', `delete from entry where ref = 'gen_new'`],
  ['a new hold', 'I5', `update hold set captured = captured - 1 where id = 'gen_new'`],
]

onEachEngine((engine) => {
  const opened: TestDatabase[] = []
  afterEach(async () => {
    for (const ledger of opened.splice(0)) await ledger[Symbol.asyncDispose]()
  })

  const charge = ({ db }: TestDatabase, name: string) =>
    db.write(function* both() {
      const request = holdOf({ id: `gen_${name}`, amount: 50_000, account_id: 'acct_1' })
      yield* hold({ ...request, model: name, session_id: `ses_${name}` }, NO_CAPS)
      yield* capture(`gen_${name}`, 40_000, NOW)
    })
  /** Proves it, stores the checkpoint where it holds, and answers the number of what differs. */
  const verify = async ({ db }: TestDatabase, full: boolean) => {
    const proof = await db.read(() => verifyLedger(full))
    if (proof.difference === null) await db.write(() => storeCheckpoint(proof, NOW))
    const { difference, entries, whole } = proof
    return { differs: difference?.invariant.split(' ')[0] ?? null, entries, whole }
  }
  const tamper = async ({ db }: TestDatabase, sql: string) => {
    const unguard =
      engine === 'sqlite'
        ? ['drop trigger entry_no_update', 'drop trigger entry_no_delete']
        : ['drop trigger entry_no_change on entry']
    await db.write(function* damage(): TransactionBody<void> {
      for (const text of [...unguard, sql]) yield () => ({ sql: text, parameters: [] })
    })
  }
  /** A ledger that was proven after one charge, and has another since. */
  const proven = async () => {
    const ledger = await temporaryLedger()
    opened.push(ledger)
    await ledger.db.write(() => openAccount('acct_1', 'one', NOW))
    await charge(ledger, 'old')
    expect(await verify(ledger, false)).toEqual({ differs: null, entries: 2, whole: true })
    await charge(ledger, 'new')
    return ledger
  }

  test('a proof reads the entries since the last one, and a full proof reads all', async () => {
    const ledger = await proven()
    expect(await verify(ledger, false)).toEqual({ differs: null, entries: 1, whole: false })
    expect(await verify(ledger, false)).toEqual({ differs: null, entries: 0, whole: false })
    await ledger.db.write(() => refundOf({ accountId: 'acct_1', id: 'gen_old' }, NOW))
    expect(await verify(ledger, false)).toEqual({ differs: null, entries: 1, whole: false })
    expect(await verify(ledger, true)).toEqual({ differs: null, entries: 4, whole: true })
    expect(await verify(ledger, false)).toEqual({ differs: null, entries: 0, whole: false })
  })

  test('of two proofs at once one stores its checkpoint', async () => {
    const { db } = await proven()
    const proofs = await Promise.all([1, 2].map(() => db.read(() => verifyLedger(false))))
    const stored = []
    for (const proof of proofs) stored.push(await db.write(() => storeCheckpoint(proof, NOW + 1)))
    expect(stored.map((head) => head === null)).toEqual([false, true])
  })

  describe.each([
    ['of the sums', COUNTERS],
    ['since the checkpoint', NEW],
  ])('a difference %s is found by both proofs:', (_, damages) => {
    test.each(damages)('%s', async (__, invariant, sql) => {
      const ledger = await proven()
      await tamper(ledger, sql)
      const number = RegExp(`^(?:${invariant})$`)
      expect((await verify(ledger, false)).differs).toMatch(number)
      expect((await verify(ledger, true)).differs).toMatch(number)
    })
  })

  describe('a difference before the checkpoint is found by the full proof:', () => {
    test.each(OLD)('%s', async (_, invariant, sql) => {
      const ledger = await proven()
      await tamper(ledger, sql)
      expect((await verify(ledger, false)).differs).toBeNull()
      expect((await verify(ledger, true)).differs).toBe(invariant)
    })
  })

  test.each([...COUNTERS, ...OLD, ...NEW])(
    'a proof of one account finds %s, and is not led astray by that of another',
    async (_, invariant, sql) => {
      const ledger = await proven()
      const number = async (account: string) => {
        const { difference } = await ledger.db.read(() => verifyAccount(account))
        return difference?.invariant.split(' ')[0] ?? null
      }
      expect(await number('acct_1')).toBeNull()
      await tamper(ledger, sql)
      await ledger.db.write(() => openAccount('acct_2', 'two', NOW))
      expect(await number('acct_1')).toMatch(RegExp(`^(?:${invariant})$`))
      expect(await number('acct_2')).toBeNull()
    },
  )

  test('a changed checkpoint is found, and a full proof makes a new one', async () => {
    const ledger = await proven()
    await tamper(ledger, `update proof set value = '1' where id = 'session:ses_old'`)
    expect((await verify(ledger, false)).differs).toBe('I21')
    expect((await verify(ledger, true)).differs).toBeNull()
    expect((await verify(ledger, false)).differs).toBeNull()
  })
})
