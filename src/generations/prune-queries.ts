import { execute, preparedQuery, query, type TransactionBody } from '../db/db.ts'
import { readFailure, storeFailure } from './generation.ts'
import { FORGOTTEN, forgotten } from './retention.ts'
import { AppError, ERROR_CODES } from '../errors.ts'

/** Rows in one transaction. */
export const PAGE = 500

/** What is removed: of all accounts what is older than a time (milliseconds since 1970), or all of one account or generation. */
export type Scope = { before: number } | { accountId: string; id?: string }

/** Files of results that are still kept, after an id. */
export function* keptFiles(scope: Scope, after: string) {
  return yield* query((db) => {
    const kept = db
      .selectFrom('asset')
      .select(['id', 'store', 'path', 'former', 'bytes', 'source', 'created_at'])
      .where('removed_at', 'is', null)
      .where('id', '>', after)
    const found =
      'before' in scope
        ? kept.where('created_at', '<', scope.before).where('generation_id', 'is not', null)
        : kept.where('account_id', '=', scope.accountId)
    const own = 'id' in scope && scope.id !== undefined ? scope.id : null
    const named =
      own === null
        ? found
        : found.where((eb) => eb.or([eb('id', '=', own), eb('generation_id', '=', own)]))
    return named.orderBy('id').limit(PAGE)
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

/** Generations that have ended and are not forgotten, after an id. */
export function* rememberedAfter(scope: Scope, after: string) {
  return yield* query((db) => {
    const ended = db
      .selectFrom('generation')
      .select(['id', 'request', 'error'])
      .where('finished_at', 'is not', null)
      .where('request', 'not like', FORGOTTEN)
      .where('id', '>', after)
    const found =
      'before' in scope
        ? ended.where('created_at', '<', scope.before)
        : ended.where('account_id', '=', scope.accountId)
    const own = 'id' in scope && scope.id !== undefined ? scope.id : null
    return (own === null ? found : found.where('id', '=', own)).orderBy('id').limit(PAGE)
  })
}

type Remembered = { id: string; request: string; error: string | null }

/** Forgets what callers wrote in these generations. Their money stays as it is. */
export function* forget(rows: readonly Remembered[]): TransactionBody<void> {
  for (const { id, request, error } of rows)
    yield* overwrite({ id, request: forgotten(request), error: withoutWords(error) })
  const ids = rows.map(({ id }) => id)
  yield* query((db, sql) => ({
    compile: () =>
      sql`delete from prompt_search where generation_id in (${sql.join(ids)})`.compile(db),
  }))
}

const overwrite = execute((db, p: { id: string; request: string; error: string | null }) =>
  db
    .updateTable('generation')
    .set({ request: p.request, error: p.error, remarks: '{}', idempotency_key: null })
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

export const dropPageSessions = preparedQuery((db, p: { at: number }) =>
  db
    .deleteFrom('page_session')
    .where('hash', 'in', (of) =>
      of.selectFrom('page_session').select('hash').where('expires_at', '<=', p.at).limit(PAGE),
    )
    .returning('hash'),
)

export const dropMcpSessions = preparedQuery((db, p: { before: number }) =>
  db
    .deleteFrom('mcp_session')
    .where('id', 'in', (of) =>
      of.selectFrom('mcp_session').select('id').where('used_at', '<', p.before).limit(PAGE),
    )
    .returning('id'),
)

export const dropRefusals = preparedQuery((db, p: { before: number }) =>
  db
    .deleteFrom('refused_call')
    .where('id', 'in', (of) =>
      of.selectFrom('refused_call').select('id').where('last_at', '<', p.before).limit(PAGE),
    )
    .returning('id'),
)

export const dropRefusalsOf = preparedQuery((db, p: { account_id: string }) =>
  db
    .deleteFrom('refused_call')
    .where('id', 'in', (of) =>
      of.selectFrom('refused_call').select('id').where('account_id', '=', p.account_id).limit(PAGE),
    )
    .returning('id'),
)
