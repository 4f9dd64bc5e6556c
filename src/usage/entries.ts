import type { ExpressionBuilder } from 'kysely'
import {
  preparedQuery,
  query,
  type QueryBuilder,
  type RawSql,
  type Tables,
  type TransactionBody,
} from '../db/db.ts'
import type { EntryTable } from '../db/schema/ledger.ts'
import type { Transaction, TransactionFilter, TransactionType } from './transactions.ts'
import { countByWork, isByWork, numbersByWork, type Scope } from './work-numbers.ts'

/** An entry as a listing reads it. */
export type ListedEntry = Omit<Transaction, 'type' | 'cost' | 'status'> &
  Pick<EntryTable, 'amount'> & { seq: number; refund_id: string | null }

/**
 * The condition on each type, for the column `kind`. Each excludes the other kinds, as the partial indexes do: a
 * planner that finds one kind takes the index of kinds and references, and reads and sorts those of all accounts.
 */
export const TYPE_CONDITIONS: Readonly<Record<TransactionType, string>> = {
  generation: `kind not in ('grant', 'refund', 'top_up', 'claw_back', 'restore', 'credit', 'correction')`,
  refund: `kind not in ('grant', 'capture', 'top_up', 'claw_back', 'restore', 'credit', 'correction')`,
  top_up: `kind not in ('capture', 'refund')`,
}

/** The latest entries of an account, newest first. */
export const selectLatest = preparedQuery((db, p: { account_id: string; limit: number }, sql) =>
  selectEntries(db, sql)
    .where('entry.account_id', '=', p.account_id)
    .orderBy('entry.seq', 'desc')
    .limit(p.limit),
)

/** Reads the entries of a scope that match a filter, in the order of their numbers. */
export function* entriesOf(
  scope: Scope,
  filter: TransactionFilter,
): TransactionBody<ListedEntry[]> {
  const numbers = isByWork(filter) ? yield* numbersByWork(scope, filter) : null
  if (numbers?.length === 0) return []
  return yield* query((db, sql) =>
    selectEntries(db, sql)
      .where(
        numbers === null
          ? matches(sql, scope, filter)
          : (eb) =>
              eb.and([
                eb('entry.account_id', '=', scope.accountId),
                eb('entry.seq', 'in', numbers),
              ]),
      )
      .orderBy('entry.seq', scope.upwards ? 'asc' : 'desc')
      .limit(scope.most),
  )
}

/** Counts the entries of a scope that match a filter, up to `most`. */
export function* countEntries(scope: Scope, filter: TransactionFilter): TransactionBody<number> {
  if (isByWork(filter)) return yield* countByWork(scope, filter)
  const [row] = yield* query((db, sql) =>
    db
      .selectFrom(
        db
          .selectFrom('entry')
          .select('entry.seq')
          .where(matches(sql, scope, filter))
          .orderBy('entry.seq') // else PostgreSQL may read the whole table for the first few rows
          .limit(scope.most)
          .as('matching'),
      )
      .select(({ fn }) => fn.countAll().as('count')),
  )
  return Number(row?.count ?? 0)
}

/** Sessions, refunds and top-ups each have an index by entry number; most other entries are charges. */
function matches(
  sql: RawSql,
  { accountId, first, end }: Scope,
  { type, operation, modality, model, keyId, sessionId, since, until }: TransactionFilter,
) {
  const columns = { operation, modality, model, key_id: keyId, session_id: sessionId }
  return (eb: ExpressionBuilder<Tables, 'entry'>) =>
    eb.and([
      eb('entry.account_id', '=', accountId),
      eb('entry.seq', '>=', first),
      eb('entry.seq', '<', end),
      ...(since === undefined ? [] : [eb('entry.at', '>=', since)]),
      ...(until === undefined ? [] : [eb('entry.at', '<', until)]),
      ...(type === undefined ? [] : [sql<boolean>`entry.${sql.raw(TYPE_CONDITIONS[type])}`]),
      ...Object.entries(columns).flatMap(([column, value]) =>
        value === undefined ? [] : [eb(sql.ref(`entry.${column}`), '=', value)],
      ),
    ])
}

const COLUMNS = [
  'entry.id',
  'entry.seq',
  'entry.kind',
  'entry.ref',
  'entry.operation',
  'entry.model',
  'entry.modality',
  'entry.provider',
  'entry.amount',
  'entry.billing',
  'entry.at',
] as const

/**
 * Selects entries, each with the refund of the same generation, if any. The kind of the refund is made to depend on the
 * row: PostgreSQL would take an index of all refunds for a constant.
 */
function selectEntries(db: QueryBuilder, sql: RawSql) {
  return db.selectFrom('entry').select((eb) => [
    ...COLUMNS,
    eb
      .selectFrom('entry as back')
      .select('back.id')
      .where('back.kind', '=', sql<'refund'>`'refund' || substr(entry.ref, 1, 0)`)
      .whereRef('back.ref', '=', 'entry.ref')
      .whereRef('back.account_id', '=', 'entry.account_id')
      .as('refund_id'),
  ])
}
