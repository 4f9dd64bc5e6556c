import { preparedQuery, type TransactionBody } from '../db/db.ts'
import { findAccount } from '../ledger/queries/account.ts'

const selectTime = preparedQuery((db, p: { account_id: string; seq: number }) =>
  db
    .selectFrom('entry')
    .select('at')
    .where('account_id', '=', p.account_id)
    .where('seq', '=', p.seq),
)

/**
 * Returns the number of an account's first entry at or after a time, in milliseconds since 1970; one past the last
 * entry if there is none. Numbers have no gaps and times never decrease, so a binary search needs about twenty
 * look-ups by key and no index on time.
 */
export function* firstEntryFrom(accountId: string, atMs: number): TransactionBody<number> {
  const [account] = yield* findAccount({ id: accountId })
  let low = 1
  let high = (account?.entries ?? 0) + 1
  while (low < high) {
    const middle = (low + high) >> 1
    const [entry] = yield* selectTime({ account_id: accountId, seq: middle })
    if (entry === undefined || entry.at >= atMs) high = middle
    else low = middle + 1
  }
  return low
}
