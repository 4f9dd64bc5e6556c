import type { Dialect } from '../dialect.ts'

/**
 * Where a file is: a store and a path below it. Older versions wrote an absolute path and no store, and may go on doing
 * so. And when the content of a file was removed for good.
 */
export function files({ integer }: Dialect): string[] {
  return [
    'alter table asset add column store text',
    `alter table asset add column removed_at ${integer}`,
    'create index asset_of_old_path on asset (id) where store is null',
  ]
}
