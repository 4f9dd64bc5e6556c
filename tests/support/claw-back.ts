import { one, type Unit } from '../../src/db/db.ts'

/**
 * Takes credits back from outside, as a lost payment would: no command of the ledger does this yet, but
 * the schema has a place for the debt and every credit must repay it first.
 */
export function* clawBack(accountId: string, amount: number, at: number): Unit<boolean> {
  const after = one(
    yield () => ({
      sql: `update account set clawed_back = clawed_back + ?, available = max(available - ?, 0),
        debt = debt + max(? - available, 0), entries = entries + 1, last_at = max(last_at, ?)
        where id = ? returning entries, last_at, available + held - debt as balance, held`,
      parameters: [amount, amount, amount, at, accountId],
    }),
  )
  const id = `clawback_${accountId}_${String(after.entries)}`
  yield () => ({
    sql: `insert into entry (account_id, seq, id, kind, ref, at, day, debit, credit, amount, balance_after, held_after, billing)
      values (?, ?, ?, 'clawback', ?, ?, '', 'customer', 'grants', ?, ?, ?, 'credits')`,
    parameters: [
      accountId,
      after.entries,
      id,
      id,
      after.last_at,
      amount,
      after.balance,
      after.held,
    ],
  })
  return true
}
