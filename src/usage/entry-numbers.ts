import { preparedQuery, type TransactionBody } from '../db/db.ts'
import { clockChangesOf } from '../ledger/clock-changes.ts'
import { findAccount } from '../ledger/queries/account.ts'
import { CLOCK_SLACK_MS } from '../ledger/rules.ts'

const selectTime = preparedQuery((db, p: { account_id: string; seq: number }) =>
  db
    .selectFrom('entry')
    .select('at')
    .where('account_id', '=', p.account_id)
    .where('seq', '=', p.seq),
)

/**
 * Returns entry numbers, `end` excluded, outside of which an account has no entry of `since <= at < until`, in
 * milliseconds since 1970. Entries inside may be a little outside of the times. Numbers have no gaps, and no time is
 * more than the slack of the clock below an earlier one. So a binary search needs about twenty look-ups by key and no
 * index on time; only where an earlier clock was accepted all numbers are returned.
 */
export function* entryNumbers(
  accountId: string,
  { since, until }: { since?: number | undefined; until?: number | undefined },
): TransactionBody<{ first: number; end: number }> {
  const all = { first: 1, end: Number.MAX_SAFE_INTEGER }
  if (since === undefined && until === undefined) return all
  if ((yield* clockChangesOf(accountId)).length > 0) return all
  return {
    first: since === undefined ? all.first : yield* search(accountId, since - CLOCK_SLACK_MS),
    end: until === undefined ? all.end : yield* search(accountId, until + CLOCK_SLACK_MS),
  }
}

function* search(accountId: string, atMs: number): TransactionBody<number> {
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
