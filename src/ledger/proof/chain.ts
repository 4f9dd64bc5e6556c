import { preparedQuery, type TransactionBody } from '../../db/db.ts'
import { NO_ENTRIES, withEntry, type AccountTotals } from './totals.ts'

/** Entries read at a time. */
const PAGE = 2_000

/** The first `seq` entries of an account, by the last hash of their chain. */
export type Chain = Pick<AccountTotals, 'seq' | 'hash'>

const selectPage = preparedQuery((db, p: { account_id: string; after: number; upTo: number }) =>
  db
    .selectFrom('entry')
    .selectAll()
    .where('account_id', '=', p.account_id)
    .where('seq', '>', p.after)
    .where('seq', '<=', p.upTo)
    .orderBy('seq')
    .limit(PAGE),
)

/** Returns the first account whose entries are no longer those of its chain; null if all are. Reads page by page. */
export function* findBrokenChain(
  chains: ReadonlyMap<string, Chain>,
): TransactionBody<{ accountId: string; entries: number } | null> {
  for (const [accountId, { seq, hash }] of chains) {
    let totals = NO_ENTRIES
    let count = 0
    for (let full = true; full;) {
      const page = yield* selectPage({ account_id: accountId, after: totals.seq, upTo: seq })
      for (const entry of page) totals = withEntry(totals, entry)
      count += page.length
      full = page.length === PAGE
    }
    if (totals.hash !== hash || count !== seq) return { accountId, entries: seq }
  }
  return null
}
