import { expect, test } from 'vitest'
import { createAccount, updateAccount } from '../../src/accounts/accounts.ts'
import { issueKey, listKeys } from '../../src/accounts/keys.ts'
import { capture, openAccount } from '../../src/ledger/ledger.ts'
import { closeAccount, resumeAccount, suspendAccount } from '../../src/operator/accounts.ts'
import { accountsPage } from '../../src/usage/accounts.ts'
import { findDifference } from '../../src/verify.ts'
import { temporaryLedger, type TestDatabase } from '../support/databases.ts'
import { onEachEngine } from '../support/engines.ts'
import { holdOf, NO_CAPS } from '../support/holds.ts'
import { HOLD } from '../support/ledger-commands.ts'
import { actOf } from '../support/operator-acts.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const ADA = 'acct_1'

onEachEngine(() => {
  const ledgerOf = async (): Promise<TestDatabase> => {
    const ledger = await temporaryLedger()
    await ledger.db.write(() => openAccount(ADA, 'one', NOW))
    return ledger
  }
  const author = () => actOf(NOW).author
  const hold = ({ db }: TestDatabase, id: string, more: object = {}) =>
    db.apply(HOLD, {
      request: holdOf({ id, amount: 10_000, account_id: ADA, created_at: NOW, ...more }),
      caps: NO_CAPS,
    })
  const codeOf = async (done: Promise<unknown>): Promise<string> =>
    await done.then(
      () => 'ok',
      (error: { code: string }) => error.code,
    )

  test('a suspended account holds nothing, not even for free work or on an own key; work in hand is charged', async () => {
    await using ledger = await ledgerOf()
    const { db } = ledger
    await hold(ledger, 'gen_1')
    await db.write(() => suspendAccount(ADA, ' abuse ', author()))
    for (const more of [{}, { amount: 0 }, { billing: 'own_key' }])
      await expect(hold(ledger, 'gen_2', more)).rejects.toMatchObject({
        code: 'forbidden',
        message: 'This account is suspended: abuse.',
      })
    expect(await db.write(() => capture('gen_1', 10_000, NOW))).toBe(true)
    await db.write(() => resumeAccount(ADA, null, author()))
    expect(await codeOf(hold(ledger, 'gen_2'))).toBe('ok')
    expect(await db.read(findDifference)).toBeNull()
  })

  test('of 64 calls at once with a suspension, none passes that begins after it', async () => {
    await using ledger = await ledgerOf()
    const { db } = ledger
    const before = Array.from({ length: 32 }, (_, number) => codeOf(hold(ledger, `gen_a${number}`)))
    const suspended = db.write(() => suspendAccount(ADA, 'abuse', author()))
    await suspended
    const after = Array.from({ length: 32 }, (_, number) => codeOf(hold(ledger, `gen_b${number}`)))
    expect(new Set(await Promise.all(after))).toEqual(new Set(['forbidden']))
    for (const code of await Promise.all(before)) expect(['ok', 'forbidden']).toContain(code)
    expect(await db.read(findDifference)).toBeNull()
  })

  test('no call of an account may cost more than its largest price', async () => {
    await using ledger = await ledgerOf()
    await ledger.db.write(() => updateAccount(ADA, { maxPrice: 10_000 }))
    const calls = [10_000, 10_001, 9_999].map((amount, number) =>
      codeOf(hold(ledger, `gen_${number}`, { amount })),
    )
    expect(await Promise.all(calls)).toEqual(['ok', 'max_cost_exceeded', 'ok'])
    const own = { amount: 10_001, billing: 'own_key' }
    expect(await codeOf(hold(ledger, 'gen_9', own))).toBe('max_cost_exceeded')
    expect(await ledger.db.read(findDifference)).toBeNull()
  })

  test('a closed account has no live key, gets none, and stays closed', async () => {
    await using ledger = await ledgerOf()
    const { db } = ledger
    const keys = [1, 2, 3].map(() => db.write(() => issueKey(ADA, {}, NOW)))
    const closed = db.write(() => closeAccount(ADA, null, author()))
    const more = [4, 5].map(() => codeOf(db.write(() => issueKey(ADA, {}, NOW))))
    await Promise.allSettled([...keys, closed, ...more])
    const live = (await db.read(() => listKeys(ADA))).filter(({ revokedAt }) => revokedAt === null)
    expect(live).toEqual([])
    expect(await codeOf(hold(ledger, 'gen_1'))).toBe('forbidden')
    for (const again of [
      () => resumeAccount(ADA, null, author()),
      () => suspendAccount(ADA, 'x', author()),
      () => closeAccount(ADA, null, author()),
    ])
      expect(await codeOf(db.write(again))).toBe('invalid_input')
    expect(await codeOf(db.write(() => issueKey(ADA, {}, NOW)))).toBe('invalid_input')
  })

  test('accounts are listed page by page with what they spent', async () => {
    await using ledger = await ledgerOf()
    const { db } = ledger
    for (const number of [2, 3, 4])
      await db.write(() => createAccount(`n${number}`, NOW, `acct_${number}`))
    await hold(ledger, 'gen_1')
    await db.write(() => capture('gen_1', 10_000, NOW))
    await db.write(() => issueKey(ADA, {}, NOW))
    const first = await db.read(() => accountsPage({ limit: 3 }, NOW))
    expect(first).toMatchObject({
      accounts: [
        { id: ADA, spentToday: 10_000, spentThisMonth: 10_000, liveKeys: 1 },
        { id: 'acct_2', spentToday: 0, liveKeys: 0 },
        { id: 'acct_3' },
      ],
      more: true,
    })
    const rest = await db.read(() =>
      accountsPage({ after: 'acct_3', limit: 3 }, NOW + 31 * 86_400_000),
    )
    expect(rest).toMatchObject({ accounts: [{ id: 'acct_4' }], more: false })
  })
})
