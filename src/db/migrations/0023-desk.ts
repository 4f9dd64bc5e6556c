import type { Dialect } from '../dialect.ts'

/** The sign-ins to the operator's page, and an index for each of its lists. */
export function desk({ integer, table: { plain } }: Dialect): string[] {
  return [
    `create table admin_session (
      hash text primary key,
      kind text not null check (kind in ('link', 'session')),
      author text not null,
      key_id text,
      expires_at ${integer} not null
    )${plain}`,
    `create index account_by_name on account (name, id)`,
    `create index usage_month_by_month on usage_month (month)`,
    `create index upstream_day_of_account on upstream_day (account_id, day)`,
    `create index generation_failed_by_time on generation (finished_at, id) where status = 'failed'`,
  ]
}
