import type { RawBuilder } from 'kysely'
import {
  execute,
  preparedQuery,
  query,
  type RawSql,
  type Tables,
  type TransactionBody,
} from '../db/db.ts'
import { readFailure, storeFailure } from './generation.ts'
import { forgotten } from './retention.ts'
import { AppError, ERROR_CODES } from '../errors.ts'

/** Rows in one transaction. */
export const PAGE = 500

/** What is removed: of all accounts what is older than a time (milliseconds since 1970), or all of one account or generation. */
export type Scope = { before: number } | { accountId: string; id?: string }

/** The last row of a page. */
export type Last = { created_at: number; id: string }
/** Before the first row. */
export const START: Last = { created_at: -1, id: '' }

/** Files of results that are still kept, after another: by age, or by id in an account. */
export function* keptFiles(scope: Scope, after: Last) {
  return yield* query((db) => {
    const kept = db
      .selectFrom('asset')
      .select(['id', 'store', 'path', 'former', 'bytes', 'source', 'created_at'])
      .where('removed_at', 'is', null)
      .limit(PAGE)
    if ('before' in scope)
      return kept
        .where('generation_id', 'is not', null)
        .where('created_at', '<', scope.before)
        .where((eb) =>
          eb(eb.refTuple('created_at', 'id'), '>', eb.tuple(after.created_at, after.id)),
        )
        .orderBy('created_at')
        .orderBy('id')
    const { accountId, id } = scope
    const found = kept.where('account_id', '=', accountId).where('id', '>', after.id).orderBy('id')
    if (id === undefined) return found
    return found.where((eb) => eb.or([eb('id', '=', id), eb('generation_id', '=', id)]))
  })
}

/** Records that the content of a file is gone. Returns no row if it is at another place now, or was removed before. */
export const markRemoved = preparedQuery(
  (db, p: { id: string; store: string | null; path: string; removed_at: number }) =>
    db
      .updateTable('asset')
      .set({ removed_at: p.removed_at, source: null })
      .where('id', '=', p.id)
      .where('store', 'is not distinct from', p.store)
      .where('path', '=', p.path)
      .where('removed_at', 'is', null)
      .returning('id'),
)

/** Generations that have ended and are not forgotten, as `keptFiles`. */
export function* rememberedAfter(scope: Scope, after: Last) {
  return yield* query((db) => {
    const ended = db
      .selectFrom('generation')
      .select(['id', 'request', 'error', 'created_at'])
      .where('finished_at', 'is not', null)
      .where('forgotten_at', 'is', null)
      .limit(PAGE)
    if ('before' in scope)
      return ended
        .where('created_at', '<', scope.before)
        .where((eb) =>
          eb(eb.refTuple('created_at', 'id'), '>', eb.tuple(after.created_at, after.id)),
        )
        .orderBy('created_at')
        .orderBy('id')
    const { accountId, id } = scope
    const found = ended.where('account_id', '=', accountId).where('id', '>', after.id).orderBy('id')
    return id === undefined ? found : found.where('id', '=', id)
  })
}

type Remembered = { id: string; request: string; error: string | null }

/** Forgets what callers wrote in these generations. Their money stays as it is. */
export function* forget(rows: readonly Remembered[], at: number): TransactionBody<void> {
  for (const { id, request, error } of rows)
    yield* overwrite({ id, at, request: forgotten(request), error: withoutWords(error) })
  const ids = rows.map(({ id }) => id)
  yield* query((db, sql) => ({
    compile: () =>
      sql`delete from prompt_search where generation_id in (${sql.join(ids)})`.compile(db),
  }))
}

const overwrite = execute(
  (db, p: { id: string; request: string; error: string | null; at: number }) =>
    db
      .updateTable('generation')
      .set({
        request: p.request,
        error: p.error,
        remarks: '{}',
        idempotency_key: null,
        forgotten_at: p.at,
      })
      .where('id', '=', p.id),
)

/** A message may repeat a path or a name. The code of the failure stays, with what it means. */
function withoutWords(error: string | null): string | null {
  if (error === null) return null
  const { code } = readFailure(error)
  return storeFailure(new AppError(code, ERROR_CODES[code].means, { hint: 'Nothing was charged.' }))
}

/** Ends the replay of results by idempotency keys of before a time. This and the following do one page. */
export const dropKeys = preparedQuery((db, p: { before: number }) =>
  db
    .updateTable('generation')
    .set({ idempotency_key: null })
    .where('id', 'in', (of) =>
      of
        .selectFrom('generation')
        .select('id')
        .where('idempotency_key', 'is not', null)
        .where('finished_at', '<', p.before)
        .limit(PAGE),
    )
    .returning('id'),
)

/** A statement that deletes a page of rows. What no longer matches when it is deleted stays: it was used meanwhile. */
function dropPage<P extends Record<string, string | number>>(
  table: keyof Tables,
  key: string,
  matches: (sql: RawSql, p: P) => RawBuilder<boolean>,
) {
  return preparedQuery((db, p: P, sql) => ({
    compile: () => {
      const [from, id] = [sql.table(table), sql.ref(key)]
      return sql<{ key: string }>`delete from ${from}
        where ${id} in (select ${id} from ${from} where ${matches(sql, p)} limit ${sql.lit(PAGE)}) and ${matches(sql, p)}
        returning ${id} as key`.compile(db)
    },
  }))
}

export const dropPageSessions = dropPage(
  'page_session',
  'hash',
  (sql, p: { at: number }) => sql<boolean>`expires_at <= ${p.at}`,
)

export const dropMcpSessions = dropPage(
  'mcp_session',
  'id',
  (sql, p: { before: number }) => sql<boolean>`used_at < ${p.before}`,
)

export const dropRefusals = dropPage(
  'refused_call',
  'id',
  (sql, p: { before: number }) => sql<boolean>`last_at < ${p.before}`,
)

export const dropRefusalsOf = dropPage(
  'refused_call',
  'id',
  (sql, p: { account_id: string }) => sql<boolean>`account_id = ${p.account_id}`,
)

export const dropOAuthRecords = dropPage(
  'oauth_record',
  'hash',
  (sql, p: { at: number }) => sql<boolean>`expires_at <= ${p.at}`,
)

/** Events of payments that were tried as often as they are, long ago. */
export const dropDeadLetters = preparedQuery((db, p: { before: number; tries: number }) =>
  db
    .deleteFrom('dead_letter_event')
    .where('tries', '>=', p.tries)
    .where('next_at', '<', p.before)
    .returning('id'),
)
