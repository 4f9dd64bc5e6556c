import { expect, test } from 'vitest'
import type { Db } from '../../src/db/db.ts'
import { capture, hold, openAccount } from '../../src/ledger/ledger.ts'
import { available } from '../../src/ledger/refusal.ts'
import { listActs } from '../../src/operator/audit.ts'
import { creditAccount, refundGeneration } from '../../src/operator/money.ts'
import { listTransactions } from '../../src/usage/transactions.ts'
import { findDifference } from '../../src/verify.ts'
import { temporaryLedger, type TestDatabase } from '../support/databases.ts'
import { onEachEngine } from '../support/engines.ts'
import { holdOf, NO_CAPS } from '../support/holds.ts'
import { actOf, credit } from '../support/operator-acts.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const ADA = 'acct_1'

onEachEngine(() => {
  const ledgerOf = async (...ids: string[]): Promise<TestDatabase> => {
    const ledger = await temporaryLedger()
    for (const id of ids) await ledger.db.write(() => openAccount(id, id, NOW))
    return ledger
  }
  const balance = (db: Db, id = ADA) => db.read(() => available(id))
  let now = NOW
  const give = (db: Db, amount: number, key: string | null = null) =>
    db.write(() => credit({ accountId: ADA, amount, key }, (now += 1)))
  const charge = (db: Db, id: string, amount: number, accountId = ADA) =>
    db.write(function* charging() {
      yield* hold(holdOf({ id, amount, account_id: accountId }), NO_CAPS)
      yield* capture(id, amount, NOW)
    })
  const acts = async (db: Db) => (await db.read(() => listActs({ limit: 100 }))).acts

  test('credits and corrections are top-up rows with an act each, and the rows add up to the balance', async () => {
    await using ledger = await ledgerOf(ADA)
    const { db } = ledger
    await give(db, 2_500_000)
    await give(db, -7_500_000)
    const { transactions } = await db.read(() => listTransactions(ADA, { limit: 10 }))
    expect(transactions).toMatchObject([
      { type: 'top_up', kind: 'correction', cost: 7_500_000, status: 'reversed' },
      { type: 'top_up', kind: 'credit', cost: -2_500_000, status: 'completed' },
      { type: 'top_up', kind: 'grant', cost: -5_000_000 },
    ])
    expect(transactions.reduce((sum, { cost }) => sum - cost, 0)).toBe(await balance(db))
    const act = { action: 'accounts.credit', author: 'ada', account_id: ADA, reason: 'a reason' }
    expect(await acts(db)).toMatchObject([
      { ...act, amount: -7_500_000 },
      { ...act, amount: 2_500_000, entry_id: expect.stringMatching(/^txn_topup_/) },
    ])
    expect(await db.read(findDifference)).toBeNull()
  })

  test('what is held or spent cannot be taken, and what is refused leaves neither entry nor act', async () => {
    await using ledger = await ledgerOf(ADA)
    const { db } = ledger
    await db.write(() => hold(holdOf({ id: 'gen_1', amount: 1, account_id: ADA }), NO_CAPS))
    await expect(give(db, -5_000_000)).rejects.toMatchObject({
      code: 'insufficient_credits',
      facts: { required: { micro: 5_000_000 }, available: { micro: 4_999_999 } },
    })
    expect(await acts(db)).toEqual([])
    await give(db, -4_999_999)
    expect(await balance(db)).toBe(0)
    expect(await db.read(findDifference)).toBeNull()
  })

  test('the same key repeats an act without doing it again, and is no key of another act', async () => {
    await using ledger = await ledgerOf(ADA, 'acct_2')
    const { db } = ledger
    const tries = Array.from({ length: 8 }, () => give(db, 1_000_000, 'promo'))
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1)
    expect(await balance(db)).toBe(6_000_000)
    for (const other of [2_000_000, -1_000_000])
      await expect(give(db, other, 'promo')).rejects.toMatchObject({ code: 'idempotency_conflict' })
    const elsewhere = { accountId: 'acct_2', amount: 1_000_000, key: 'promo' }
    expect(await db.write(() => credit(elsewhere, NOW))).toBe(true)
    expect(await acts(db)).toHaveLength(2)
    expect(await db.read(findDifference)).toBeNull()
  })

  test.each([
    [{ amount: 0 }, 'invalid_input'],
    [{ amount: 1_000_000_000_001 }, 'invalid_input'],
    [{ amount: 1, reason: ' ' }, 'invalid_input'],
    [{ amount: 1, reason: 'two\nlines' }, 'invalid_input'],
    [{ amount: 1, accountId: 'acct_unknown' }, 'not_found'],
  ])('a credit with %j is refused: %s', async ({ amount, ...rest }, code) => {
    await using ledger = await ledgerOf(ADA)
    const { accountId = ADA, ...act } = rest as { accountId?: string; reason?: string }
    const asked = ledger.db.write(() => creditAccount({ accountId, amount }, actOf(NOW, act)))
    await expect(asked).rejects.toMatchObject({ code })
    expect(await acts(ledger.db)).toEqual([])
  })

  test('a charge of any account is given back once, with reason and author', async () => {
    await using ledger = await ledgerOf(ADA, 'acct_2')
    const { db } = ledger
    await charge(db, 'gen_1', 50_000, 'acct_2')
    const refund = (entryId: string, requestKey: string | null = null, reason = 'blurred') =>
      db.write(() =>
        refundGeneration({ generationId: 'gen_1' }, { ...actOf(NOW), entryId, requestKey, reason }),
      )
    const stranger = db.write(() =>
      refundGeneration({ generationId: 'gen_1', accountId: ADA }, actOf(NOW)),
    )
    await expect(stranger).rejects.toMatchObject({ code: 'not_found' })
    const tries = Array.from({ length: 8 }, (_, index) => refund(`txn_refund_${index}`, 'k'))
    const done = await Promise.all(tries)
    expect(done.filter((each) => each?.replayed === false)).toHaveLength(1)
    expect(new Set(done.map((each) => each?.act.entry_id)).size).toBe(1)
    expect(await refund('txn_refund_9')).toBeNull()
    await expect(refund('txn_refund_9', 'k', 'other')).rejects.toMatchObject({
      code: 'idempotency_conflict',
    })
    expect(await balance(db, 'acct_2')).toBe(5_000_000)
    expect(await acts(db)).toMatchObject([
      { action: 'ledger.refund', account_id: 'acct_2', subject: 'gen_1', amount: 50_000 },
    ])
    expect(await db.read(findDifference)).toBeNull()
  })

  test('acts cannot be changed or removed, and a proof misses one that is not there', async () => {
    await using ledger = await ledgerOf(ADA)
    const { db } = ledger
    await give(db, 1)
    const run = (...statements: string[]) =>
      db.write(function* running() {
        for (const sql of statements) yield () => ({ sql, parameters: [] })
      })
    for (const sql of ['update audit set amount = 2', 'delete from audit'])
      await expect(run(sql)).rejects.toThrow('only ever added')
    await run(`insert into audit (id, at, author, action, account_id, amount, entry_id)
      values ('aud_x', 1, 'eve', 'accounts.credit', '${ADA}', 5, 'txn_topup_x')`)
    expect((await db.read(findDifference))?.invariant).toMatch(/^I24 /)
  })
})
