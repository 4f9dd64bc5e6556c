import { execute, preparedQuery, type RawSql } from '../db/db.ts'
import type { AssetTable } from '../db/schema/generations.ts'

/** An upload expires when no tool has used it for this long, in milliseconds. */
export const UNUSED_MS = 7 * 24 * 60 * 60_000

type Use = Pick<AssetTable, 'generation_id' | 'used_at' | 'created_at'>

/** Returns when an upload expires if it is not used again, in milliseconds since 1970; null for a generated file. */
export function expiryOf({ generation_id, used_at, created_at }: Use): number | null {
  return generation_id === null ? (used_at ?? created_at) + UNUSED_MS : null
}

/** The same expression as in the indexes, so that they are used. */
const usedAt = (sql: RawSql) => sql<number>`coalesce(used_at, created_at)`

type Account = { account_id: string; expired_at: number }

/** The total size of an account's unexpired uploads, in bytes. */
const bytesOf = (sql: RawSql, p: Account) => sql<number>`(
  select cast(coalesce(sum(bytes), 0) as bigint) from asset
  where account_id = ${p.account_id} and generation_id is null and removed_at is null
    and ${usedAt(sql)} > ${p.expired_at})`

/** Returns the total size of an account's unexpired uploads, in bytes. */
export const sumUploads = preparedQuery((db, p: Account, sql) => ({
  compile: () => sql<{ bytes: number }>`select ${bytesOf(sql, p)} as bytes`.compile(db),
}))

type NewUpload = Omit<
  AssetTable,
  'generation_id' | 'position' | 'used_at' | 'removed_at' | 'store' | 'source' | 'former'
> & {
  store: string
  expired_at: number
  quota: number
}

/** Adds an upload. Returns no row if it would exceed the quota (bytes) of the account, or if it was added before. */
export const insertUpload = preparedQuery((db, p: NewUpload, sql) => ({
  compile: () =>
    sql<{ id: string }>`
      insert into asset (id, account_id, position, store, path, mime_type, width, height, bytes, sha256, created_at)
      select ${p.id}, ${p.account_id}, 0, ${p.store}, ${p.path}, ${p.mime_type}, ${p.width}, ${p.height}, ${p.bytes},
        ${p.sha256}, ${p.created_at}
      where ${bytesOf(sql, p)} + cast(${p.bytes} as bigint) <= cast(${p.quota} as bigint)
      on conflict (id, account_id) do nothing
      returning id`.compile(db),
}))

/** Records that a tool used an upload, unless it has expired. */
export const touchUpload = execute(
  (db, p: { id: string; used_at: number; expired_at: number }, sql) =>
    db
      .updateTable('asset')
      .set({ used_at: p.used_at })
      .where('id', '=', p.id)
      .where('generation_id', 'is', null)
      .where(usedAt(sql), '>', p.expired_at),
)

type Expired = { expired_at: number }

/** Returns expired uploads of any account, oldest first. */
export const selectExpiredUploads = preparedQuery((db, p: Expired & { limit: number }, sql) =>
  db
    .selectFrom('asset')
    .select(['id', 'store', 'path', 'former'])
    .where('generation_id', 'is', null)
    .where(usedAt(sql), '<=', p.expired_at)
    .orderBy(usedAt(sql))
    .limit(p.limit),
)

export const deleteExpiredUpload = execute((db, p: Expired & { id: string }, sql) =>
  db
    .deleteFrom('asset')
    .where('id', '=', p.id)
    .where('generation_id', 'is', null)
    .where(usedAt(sql), '<=', p.expired_at),
)
