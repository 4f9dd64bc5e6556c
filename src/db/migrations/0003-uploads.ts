import type { Dialect } from '../dialect.ts'

/**
 * The last use of an upload, so that it can expire and counts until then; and since when finished work waits for
 * disk space. Existing uploads start to age now. Both are null in a dump from an older version.
 */
export function uploads({ integer }: Dialect): string[] {
  return [
    `alter table asset add column used_at ${integer}`,
    `update asset set used_at = ${Date.now()} where generation_id is null`,
    `create index upload_of_account on asset (account_id, coalesce(used_at, created_at), bytes)
      where generation_id is null`,
    `create index upload_unused on asset (coalesce(used_at, created_at)) where generation_id is null`,
    `alter table generation add column unsaved_at ${integer}`,
  ]
}
