import { expect, test } from 'vitest'
import type { Row, TransactionBody } from '../../src/db/db.ts'
import { capture, openAccount } from '../../src/ledger/ledger.ts'
import { ACTS, perform, rehearse, type ActForm, type ActName } from '../../src/operator/acts.ts'
import { accountUse } from '../../src/usage/accounts.ts'
import { findDifference } from '../../src/verify.ts'
import { temporaryLedger, type TestDatabase } from '../support/databases.ts'
import { onEachEngine } from '../support/engines.ts'
import { holdOf, NO_CAPS } from '../support/holds.ts'
import { HOLD } from '../support/ledger-commands.ts'
import { actOf } from '../support/operator-acts.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const ADA = 'acct_1'
const BLANK: ActForm = { amount: '', reason: 'why', generation: '' }

const ASKED: readonly (readonly [name: ActName, form: Partial<ActForm>])[] = [
  ['credit', { amount: '$2.50' }],
  ['credit', { amount: '-1' }],
  ['refund', { generation: 'gen_1' }],
  ['suspend', {}],
  ['resume', { reason: '' }],
  ['close', { reason: '' }],
]

onEachEngine(() => {
  const ledgerOf = async (): Promise<TestDatabase> => {
    const ledger = await temporaryLedger()
    const { db } = ledger
    await db.write(() => openAccount(ADA, 'one', NOW))
    const request = holdOf({ id: 'gen_1', amount: 10_000, account_id: ADA, created_at: NOW })
    await db.apply(HOLD, { request, caps: NO_CAPS })
    await db.write(() => capture('gen_1', 10_000, NOW))
    return ledger
  }
  function* performed(name: ActName, form: Partial<ActForm>, requestKey: string | null = null) {
    const act = { ...actOf(NOW), requestKey }
    const done = yield* perform({ name, accountId: ADA, form: { ...BLANK, ...form } }, act)
    return { done, use: yield* accountUse(ADA, NOW) }
  }
  function* everything(): TransactionBody<Row[]> {
    const rows = []
    for (const table of ['account', 'entry', 'audit', 'usage_day', 'api_key'])
      rows.push(...(yield () => ({ sql: `select * from ${table} order by 1, 2`, parameters: [] })))
    return rows
  }

  test('a rehearsal tells what the act then does, and leaves nothing behind', async () => {
    await using ledger = await ledgerOf()
    const { db } = ledger
    for (const [name, form] of ASKED) {
      const before = await db.read(everything)
      const told = await rehearse(db, () => performed(name, form))
      expect(await db.read(everything)).toEqual(before)
      expect((await db.write(() => performed(name, form))).use).toEqual(told.use)
      expect(await db.read(everything)).not.toEqual(before)
    }
    expect(new Set(ASKED.map(([name]) => name))).toEqual(new Set(Object.keys(ACTS)))
    expect(await db.read(findDifference)).toBeNull()
  })

  test('an act that cannot be done fails in the rehearsal as it would', async () => {
    await using ledger = await ledgerOf()
    for (const [name, form, said] of [
      ['credit', { amount: 'five' }, 'no amount of US dollars'],
      ['credit', { amount: '0' }, 'The amount must be'],
      ['credit', { amount: '-99' }, 'is available in this account'],
      ['credit', { amount: '1', reason: ' ' }, 'The reason must be'],
      ['refund', { generation: 'gen_2' }, 'No charged generation'],
      ['suspend', { reason: '' }, 'The reason must be'],
    ] as const) {
      const unit = () => performed(name, form)
      await expect(rehearse(ledger.db, unit)).rejects.toThrow(said)
      await expect(ledger.db.write(unit)).rejects.toThrow(said)
    }
  })

  test('rehearsals beside calls and acts take nothing of theirs back', async () => {
    await using ledger = await ledgerOf()
    const { db } = ledger
    const done = await Promise.all(
      Array.from({ length: 24 }, async (_, place) => {
        if (place % 3 === 0) return await rehearse(db, () => performed('credit', { amount: '1' }))
        if (place % 3 === 1)
          return await db.write(() => performed('credit', { amount: '1' }, 'once'))
        const id = `gen_${100 + place}`
        const request = holdOf({ id, amount: 10_000, account_id: ADA, created_at: NOW })
        await db.apply(HOLD, { request, caps: NO_CAPS })
        return await db.write(() => capture(id, 10_000, NOW))
      }),
    )
    expect(done).toHaveLength(24)
    const { available } = await db.read(() => accountUse(ADA, NOW))
    expect(available).toBe(5_000_000 + 1_000_000 - 9 * 10_000)
    expect(await db.read(findDifference)).toBeNull()
  })
})
