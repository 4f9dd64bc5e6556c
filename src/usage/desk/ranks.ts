import { query, type TransactionBody } from '../../db/db.ts'
import { dayOf, monthOf } from '../../ledger/rules.ts'

/** Accounts of a ranking. */
export const RANKED = 100

/** Returns the ids of the accounts that spent the most this month, first to last. Reads the sums of every account. */
export function* mostSpent(nowMs: number): TransactionBody<string[]> {
  const rows = yield* query((db, sql) =>
    db
      .selectFrom('usage_month')
      .select('account_id')
      .where('month', '=', monthOf(dayOf(nowMs)))
      .where('billing', '=', 'credits')
      .groupBy('account_id')
      .having(sql<number>`sum(amount)`, '>', 0)
      .orderBy(sql`sum(amount)`, 'desc')
      .orderBy('account_id')
      .limit(RANKED),
  )
  return rows.map(({ account_id }) => account_id)
}

/** Returns the ids of the open accounts with the least left to spend: the deepest debt first. Reads every account. */
export function* lowestBalance(): TransactionBody<string[]> {
  const rows = yield* query((db, sql) =>
    db
      .selectFrom('account')
      .select('id')
      .where('closed_at', 'is', null)
      .orderBy(sql`available - debt`)
      .orderBy('id')
      .limit(RANKED),
  )
  return rows.map(({ id }) => id)
}

/** All accounts together. Amounts are micro-dollars. */
export type AccountTotals = {
  accounts: number
  suspended: number
  closed: number
  available: number
  debt: number
}

/** Adds up all accounts. Reads every account. */
export function* accountTotals(): TransactionBody<AccountTotals> {
  const [row] = yield* query((db) =>
    db
      .selectFrom('account')
      .select(({ fn }) => [
        fn.countAll().as('accounts'),
        fn.count('suspended_at').as('suspended'),
        fn.count('closed_at').as('closed'),
        fn.sum('available').as('available'),
        fn.sum('debt').as('debt'),
      ]),
  )
  return {
    accounts: Number(row?.accounts ?? 0),
    suspended: Number(row?.suspended ?? 0),
    closed: Number(row?.closed ?? 0),
    available: Number(row?.available ?? 0),
    debt: Number(row?.debt ?? 0),
  }
}
