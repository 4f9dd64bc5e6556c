import { preparedQuery, type Unit } from '../db/db.ts'
import { findAccount } from '../ledger/queries/account.ts'

const selectTime = preparedQuery((db, p: { account_id: string; seq: number }) =>
  db
    .selectFrom('entry')
    .select('at')
    .where('account_id', '=', p.account_id)
    .where('seq', '=', p.seq),
)

/**
 * The number of an account's first entry at or after an instant, which may be one past its last. Numbers have
 * no gap and times never fall, so that it takes some twenty look-ups by key and no index of times.
 */
export function* firstEntryFrom(accountId: string, atMs: number): Unit<number> {
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
