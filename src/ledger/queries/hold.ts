import type { Expression } from 'kysely'
import {
  execute,
  firstOrThrow,
  preparedQuery,
  type RawSql,
  type TransactionBody,
} from '../../db/db.ts'
import type { HoldTable } from '../../db/schema/ledger.ts'

/** Writes a hold. Returns no row if the id exists, in any account. */
export const insertHold = preparedQuery(
  (db, p: Omit<HoldTable, 'state' | 'captured' | 'resolved_at'>, sql) => ({
    compile: () =>
      sql<Pick<HoldTable, 'id'>>`
        insert into hold (id, account_id, session_id, key_id, fingerprint, state, billing, amount, operation, model,
          modality, provider, day, created_at, expires_at, group_id)
        select ${p.id}, ${p.account_id}, ${p.session_id}, ${p.key_id}, ${p.fingerprint}, 'held', ${p.billing},
          cast(${p.amount} as bigint), ${p.operation}, ${p.model}, ${p.modality}, ${p.provider}, ${p.day},
          cast(${p.created_at} as bigint), cast(${p.expires_at} as bigint), ${p.group_id}
        where ${isNewId(sql, sql`cast(${p.id} as text)`, sql`cast(${p.account_id} as text)`)}
        on conflict (id, account_id) do nothing
        returning id`.compile(db),
  }),
)

/** No other account has a hold with this id: the key of the table alone would allow it. */
export function isNewId(sql: RawSql, id: Expression<unknown>, accountId: Expression<unknown>) {
  return sql<boolean>`not exists (select 1 from hold as other where other.id = ${id} and other.account_id <> ${accountId})`
}

/** Moves the expiry of an open hold (milliseconds since 1970). A hold that has ended stays as it is. */
export const extendHold = execute((db, p: { id: string; expires_at: number }) =>
  db
    .updateTable('hold')
    .set({ expires_at: p.expires_at })
    .where('id', '=', p.id)
    .where('state', '=', 'held'),
)

export const findHold = preparedQuery((db, p: { id: string }) =>
  db.selectFrom('hold').selectAll().where('id', '=', p.id),
)

/** The fields of a hold that its end needs. */
export type EndedHold = Pick<HoldTable, (typeof ENDED)[number]>

const ENDED = [
  'id',
  'account_id',
  'session_id',
  'key_id',
  'billing',
  'amount',
  'operation',
  'model',
  'modality',
  'provider',
  'day',
  'group_id',
] as const

/** How a hold ends: `captured` in micro-dollars, `resolved_at` in milliseconds since 1970. */
export type Ending = Pick<HoldTable, 'id' | 'state'> & { captured: number; resolved_at: number }

/** Ends a hold, its only change of state. Returns no row if it is not open or holds less than `captured`. */
export const resolveHold = preparedQuery((db, p: Ending) =>
  db
    .updateTable('hold')
    .set({ state: p.state, captured: p.captured, resolved_at: p.resolved_at })
    .where('id', '=', p.id)
    .where('state', '=', 'held')
    .where('amount', '>=', p.captured)
    .returning(ENDED),
)

/** The state is written out, because a prepared statement of PostgreSQL uses a partial index only then. */
const selectOpen = preparedQuery((db, _: Record<string, never>, sql) =>
  db
    .selectFrom('hold')
    .select(({ fn }) => [fn.sum('amount').as('amount'), fn.min('created_at').as('oldest')])
    .where('state', '=', sql.lit('held')),
)

/** Returns what all open holds reserve, in micro-dollars, and the time of the oldest, in milliseconds since 1970. */
export function* sumOpenHolds(): TransactionBody<{ amount: number; oldest: number | null }> {
  const { amount, oldest } = firstOrThrow(yield* selectOpen({}))
  return { amount: Number(amount ?? 0), oldest }
}
