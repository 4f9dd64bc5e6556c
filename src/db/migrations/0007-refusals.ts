import type { Dialect } from '../dialect.ts'

/**
 * Refused calls, for 30 days: which call, by which key and session, and why. No amount and no prompt. The last two
 * indexes find failed generations, and a file by its path.
 */
export function refusals({ integer, table: { plain } }: Dialect): string[] {
  return [
    `create table refused_call (
      id text primary key,
      account_id text not null,
      key_id text not null,
      session_id text not null,
      operation text not null,
      model text not null,
      code text not null,
      reason text not null,
      hour ${integer} not null,
      count ${integer} not null check (count > 0),
      first_at ${integer} not null,
      last_at ${integer} not null,
      unique (account_id, key_id, hour, session_id, operation, model, code)
    )${plain}`,
    `create index refused_call_of_account on refused_call (account_id, last_at, id)`,
    `create index refused_call_by_age on refused_call (last_at)`,
    `create index generation_failed on generation (account_id, finished_at, id) where status = 'failed'`,
    `create index asset_at on asset (path)`,
  ]
}
