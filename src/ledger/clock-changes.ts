import { preparedQuery, query, type TransactionBody } from '../db/db.ts'
import { CLOCK_SLACK_MS } from './rules.ts'

const selectNewest = preparedQuery((db) =>
  db.selectFrom('account').select(({ fn }) => fn.max('last_at').as('at')),
)

/** Returns the time of the newest entry of the ledger, in milliseconds since 1970; 0 if there is none. */
export function* newestEntryTime(): TransactionBody<number> {
  const [row] = yield* selectNewest({})
  return row?.at ?? 0
}

/** Rows written in one statement. */
const PAGE = 500

/**
 * Goes on from an earlier time, in milliseconds since 1970: the next entries carry the true time again, whatever those
 * before them say. Entries do not change. What was accepted is recorded, for the proof. Returns the number of accounts
 * with later entries.
 */
export function* acceptClock(at: number): TransactionBody<number> {
  const tooLate = at + CLOCK_SLACK_MS
  const ahead = yield* query((db, sql) =>
    db
      .updateTable('account')
      .set({ name: sql<string>`name` }) // locks them
      .where('last_at', '>', tooLate)
      .returning(['id', 'entries', 'last_at']),
  )
  const changes = ahead
    .filter(({ entries }) => entries > 0)
    .map(({ id, entries, last_at }) => ({ account_id: id, seq: entries, newest: last_at, at }))
  for (let first = 0; first < changes.length; first += PAGE) {
    const rows = changes.slice(first, first + PAGE)
    yield* query((db) =>
      db
        .insertInto('clock_change')
        .values(rows)
        .onConflict((on) => on.columns(['account_id', 'seq']).doUpdateSet({ at })),
    )
  }
  yield* query((db) =>
    db.updateTable('account').set({ last_at: at }).where('last_at', '>', tooLate),
  )
  return ahead.length
}

const selectChanges = preparedQuery((db, p: { account_id: string }) =>
  db.selectFrom('clock_change').select('seq').where('account_id', '=', p.account_id),
)

/** Returns the numbers of the entries of an account after which an earlier time was accepted. Usually there are none. */
export function* clockChangesOf(accountId: string): TransactionBody<number[]> {
  return (yield* selectChanges({ account_id: accountId })).map(({ seq }) => seq)
}
