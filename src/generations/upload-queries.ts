import { execute, preparedQuery, type RawSql } from '../db/db.ts'
import type { AssetTable } from '../db/schema/generations.ts'

/** After this time without a tool that was given it, an upload has expired, in milliseconds. */
export const UNUSED_MS = 7 * 24 * 60 * 60_000

type Use = Pick<AssetTable, 'generation_id' | 'used_at' | 'created_at'>

/** When an upload expires if it is not used again, in milliseconds; null for what was generated. */
export function expiryOf({ generation_id, used_at, created_at }: Use): number | null {
  return generation_id === null ? (used_at ?? created_at) + UNUSED_MS : null
}

/** As the indexes have it. */
const usedAt = (sql: RawSql) => sql<number>`coalesce(used_at, created_at)`

type Account = { account_id: string; expired_at: number }

/** What the unexpired uploads of an account come to, in bytes. */
const bytesOf = (sql: RawSql, p: Account) => sql<number>`(
  select cast(coalesce(sum(bytes), 0) as bigint) from asset
  where account_id = ${p.account_id} and generation_id is null and ${usedAt(sql)} > ${p.expired_at})`

export const sumUploads = preparedQuery((db, p: Account, sql) => ({
  compile: () => sql<{ bytes: number }>`select ${bytesOf(sql, p)} as bytes`.compile(db),
}))

type NewUpload = Omit<AssetTable, 'generation_id' | 'position' | 'used_at'> & {
  expired_at: number
  quota: number
}

/** Adds an upload. No row: with it the account would be above its quota, or it was added before. */
export const insertUpload = preparedQuery((db, p: NewUpload, sql) => ({
  compile: () =>
    sql<{ id: string }>`
      insert into asset (id, account_id, position, path, mime_type, width, height, bytes, sha256, created_at)
      select ${p.id}, ${p.account_id}, 0, ${p.path}, ${p.mime_type}, ${p.width}, ${p.height}, ${p.bytes},
        ${p.sha256}, ${p.created_at}
      where ${bytesOf(sql, p)} + cast(${p.bytes} as bigint) <= cast(${p.quota} as bigint)
      on conflict (id) do nothing
      returning id`.compile(db),
}))

/** Notes that a tool was given an upload, where it has not expired. */
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

/** Some uploads that have expired, of any account. */
export const selectExpiredUploads = preparedQuery((db, p: Expired & { limit: number }, sql) =>
  db
    .selectFrom('asset')
    .select(['id', 'path'])
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
