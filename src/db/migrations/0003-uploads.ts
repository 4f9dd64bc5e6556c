import type { Dialect } from '../dialect.ts'

/**
 * When an upload was last used, so that it can expire and be counted until then, and since when finished work waits
 * for disk space. Uploads from before begin to age now. An import from an older version knows neither.
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
