import { one, query, type Row, type Unit } from '../../src/db/db.ts'

/**
 * Takes credits back from outside, as a lost payment would: no command of the ledger does this yet, but
 * the schema has a place for the debt and every credit must repay it first.
 */
export function* clawBack(accountId: string, amount: number, at: number): Unit<boolean> {
  const after = one(
    yield* query((db, sql) => {
      const taken = sql<Row>`update account set clawed_back = clawed_back + ${amount},
        available = case when available > ${amount} then available - ${amount} else 0 end,
        debt = case when available > ${amount} then debt else debt + ${amount} - available end,
        entries = entries + 1, last_at = case when last_at > ${at} then last_at else ${at} end
        where id = ${accountId} returning entries, last_at, available + held - debt as balance, held`
      return { compile: () => taken.compile(db) }
    }),
  )
  const id = `clawback_${accountId}_${String(after.entries)}`
  yield* query((db, sql) => {
    const added = sql`insert into entry (account_id, seq, id, kind, ref, at, day, debit, credit, amount, balance_after, held_after, billing)
      values (${accountId}, ${after.entries}, ${id}, 'clawback', ${id}, ${after.last_at}, '', 'customer', 'grants', ${amount}, ${after.balance}, ${after.held}, 'credits')`
    return { compile: () => added.compile(db) }
  })
  return true
}
