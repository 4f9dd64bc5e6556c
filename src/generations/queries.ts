import { execute, preparedQuery, type QueryBuilder } from '../db/db.ts'
import type { Answer } from './answers.ts'
import type { AssetTable, GenerationTable } from '../db/schema/generations.ts'

/** Begins a generation. Returns no row if it began before, or if a running or completed one has its idempotency key. */
export const insertGeneration = preparedQuery((db, p: GenerationTable) =>
  db
    .insertInto('generation')
    .values({
      id: p.id,
      account_id: p.account_id,
      idempotency_key: p.idempotency_key,
      status: p.status,
      request: p.request,
      upstream_id: p.upstream_id,
      error: p.error,
      remarks: p.remarks,
      upstream_cost: p.upstream_cost,
      upstream_jobs: p.upstream_jobs,
      lease_owner: p.lease_owner,
      lease_until: p.lease_until,
      created_at: p.created_at,
      finished_at: p.finished_at,
      fingerprint: p.fingerprint,
      answer: p.answer,
    })
    .onConflict((on) => on.doNothing())
    .returning('id'),
)

/** The generation with an idempotency key, and the fingerprint of its request. */
export const findByKey = preparedQuery(
  (db, p: { account_id: string; idempotency_key: string }, sql) =>
    db
      .selectFrom('generation')
      .innerJoin('hold', 'hold.id', 'generation.id')
      .select(['generation.id', 'hold.fingerprint'])
      .where('generation.account_id', '=', p.account_id)
      .where('generation.idempotency_key', '=', p.idempotency_key)
      .where('generation.status', '<>', sql.lit('failed')),
)

/** Stores the id of the upstream job, so that any process can finish it. */
export const acceptGeneration = execute((db, p: { id: string; upstream_id: string }) =>
  db.updateTable('generation').set({ upstream_id: p.upstream_id }).where('id', '=', p.id),
)

/** Renews the lease of the process that works on a generation. Returns no row if another process has it, or it has ended. */
export const renewLease = preparedQuery(
  (db, p: { id: string; lease_owner: string; lease_until: number }) =>
    db
      .updateTable('generation')
      .set({ lease_until: p.lease_until })
      .where('id', '=', p.id)
      .where('lease_owner', '=', p.lease_owner)
      .where('status', '=', 'running')
      .returning('id'),
)

/** A hold that is open: of work, or of a call that waits for an approval. */
type OpenHold = { id: string; expires_at: number; waits: number }

/** The open holds of an account that expire last, three at most. */
export const lastToEnd = preparedQuery((db, p: { account_id: string }, sql) => ({
  compile: () =>
    sql<OpenHold>`select * from (
        select hold.id, hold.expires_at, 0 as waits from generation join hold on hold.id = generation.id
        where generation.account_id = ${p.account_id} and generation.finished_at is null
        union all
        select hold.id, hold.expires_at, 1 as waits from approval join hold on hold.id = approval.generation_id
        where approval.account_id = ${p.account_id} and approval.status in ('pending', 'approved')
      ) as open_hold order by expires_at desc limit 3`.compile(db),
}))

/** The changes that end a generation; `upstream_cost` in micro-dollars, `finished_at` in milliseconds since 1970. */
export type Finish = Pick<
  GenerationTable,
  'id' | 'status' | 'error' | 'remarks' | 'upstream_cost'
> & { finished_at: number }

/** Ends a generation, unless another process has ended it before. */
export const finishGeneration = execute((db, p: Finish) => finished(db, p))

/** As `finishGeneration`. Returns no row if it had ended before. */
export const finishNow = preparedQuery((db, p: Finish) => finished(db, p).returning('id'))

function finished(db: QueryBuilder, p: Finish) {
  return db
    .updateTable('generation')
    .set({
      status: p.status,
      error: p.error,
      remarks: p.remarks,
      upstream_cost: p.upstream_cost,
      finished_at: p.finished_at,
    })
    .where('id', '=', p.id)
    .where('finished_at', 'is', null)
}

/** Marks the outcome of running work as unknown, with the reason, while its hold waits to expire. */
export const markUnknown = execute((db, p: { id: string; error: string }) =>
  db
    .updateTable('generation')
    .set({ status: 'unknown', error: p.error })
    .where('id', '=', p.id)
    .where('status', '=', 'running'),
)

/** Records that the work is done but its files could not be saved, with what else is known of the result. */
export const noteUnsaved = execute((db, p: { id: string; remarks: string; unsaved_at: number }) =>
  db
    .updateTable('generation')
    .set({ remarks: p.remarks, unsaved_at: p.unsaved_at })
    .where('id', '=', p.id)
    .where('status', '=', 'running'),
)

export const insertAsset = execute((db, p: AssetTable) =>
  db.insertInto('asset').values({
    id: p.id,
    account_id: p.account_id,
    generation_id: p.generation_id,
    position: p.position,
    store: p.store,
    path: p.path,
    mime_type: p.mime_type,
    width: p.width,
    height: p.height,
    bytes: p.bytes,
    sha256: p.sha256,
    source: p.source,
    created_at: p.created_at,
  }),
)

/** Forgets where the image service had a file: it is no longer there. */
export const forgetSource = execute((db, p: { id: string }) =>
  db.updateTable('asset').set({ source: null }).where('id', '=', p.id),
)

/** A generation with the fields of its hold. */
export const selectGeneration = preparedQuery((db, p: { id: string; account_id: string }) =>
  db
    .selectFrom('generation')
    .innerJoin('hold', 'hold.id', 'generation.id')
    .select([
      'generation.id',
      'generation.status',
      'generation.request',
      'generation.error',
      'generation.remarks',
      'generation.upstream_cost',
      'generation.created_at',
      'generation.lease_until',
      'generation.unsaved_at',
      'generation.answer',
      'hold.operation',
      'hold.model',
      'hold.provider',
      'hold.billing',
      'hold.amount',
      'hold.captured',
      'hold.session_id',
    ])
    .where('generation.id', '=', p.id)
    .where('generation.account_id', '=', p.account_id),
)

export const selectAssets = preparedQuery((db, p: { generation_id: string }) =>
  db
    .selectFrom('asset')
    .selectAll()
    .where('generation_id', '=', p.generation_id)
    .orderBy('position'),
)

export const selectAsset = preparedQuery((db, p: { id: string; account_id: string }) =>
  db.selectFrom('asset').selectAll().where('id', '=', p.id).where('account_id', '=', p.account_id),
)

/** A file by its path below a store, or by the path that an older version wrote. */
export const selectAssetAt = preparedQuery(
  (db, p: { account_id: string; store: string; path: string }) =>
    db
      .selectFrom('asset')
      .selectAll()
      .where('account_id', '=', p.account_id)
      .where((eb) => eb.or([eb('store', '=', p.store), eb('store', 'is', null)]))
      .where('path', '=', p.path)
      .limit(1),
)

/** Finds a file whose path an older version wrote. */
export const selectOldPath = preparedQuery((db) =>
  db.selectFrom('asset').select('id').where('store', 'is', null).limit(1),
)

/** Makes up to `limit` paths of older versions below a folder, with a separator at its end, relative to its store. */
export const shortenPaths = preparedQuery(
  (db, p: { store: string; below: string; limit: number }, sql) => ({
    compile: () =>
      sql<{ id: string }>`
        update asset set store = ${p.store}, path = substr(path, length(cast(${p.below} as text)) + 1)
        where store is null and id in (select id from asset where store is null
          and substr(path, 1, length(cast(${p.below} as text))) = ${p.below} limit ${p.limit})
        returning id`.compile(db),
  }),
)

/** A file of any account by its id: only for a request with a valid link signature. */
export const selectLinkedAsset = preparedQuery((db, p: { id: string }) =>
  db.selectFrom('asset').selectAll().where('id', '=', p.id),
)

/** Whether a generation that has not ended has an expired lease, and whether the time of an open approval is over. */
export const findLeft = preparedQuery((db, p: { now: number }, sql) => ({
  compile: () =>
    sql<{ lost: boolean | number; due: boolean | number }>`select
      exists (select 1 from generation where finished_at is null and lease_until < ${p.now}) as lost,
      exists (select 1 from approval where status in ('pending', 'approved') and expires_at <= ${p.now}) as due`.compile(
      db,
    ),
}))

/** Takes over generations that have not ended and whose lease has expired. Each is taken over by one process only. */
export const takeOver = preparedQuery(
  (db, p: { lease_owner: string; lease_until: number; now: number; limit: number }, sql, dialect) =>
    db
      .updateTable('generation')
      .set({
        lease_owner: p.lease_owner,
        lease_until: p.lease_until,
        answer: sql<Answer>`case answer when 'open' then 'lost' else answer end`, // the caller has gone with its process
      })
      .where('id', 'in', (of) =>
        dialect.skipLocked(
          of
            .selectFrom('generation')
            .select('id')
            .where('finished_at', 'is', null)
            .where('lease_until', '<', p.now)
            .orderBy('lease_until')
            .limit(p.limit),
        ),
      )
      .returningAll(),
)
