import type { Dialect } from '../dialect.ts'

/** When a generation was forgotten, and indexes of what can be pruned. What is pruned leaves them. */
export function pruning({ integer }: Dialect): string[] {
  return [
    `alter table generation add column forgotten_at ${integer}`,
    `update generation set forgotten_at = finished_at where request like '{"forgotten":true%'`,
    `create index generation_remembered on generation (created_at, id)
      where forgotten_at is null and finished_at is not null`,
    `create index generation_keyed on generation (finished_at) where idempotency_key is not null`,
    `create index page_session_expired on page_session (expires_at)`,
    `create index asset_kept on asset (created_at, id) where removed_at is null and generation_id is not null`,
  ]
}
