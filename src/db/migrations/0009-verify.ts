import type { Dialect } from '../dialect.ts'

/**
 * What was proven of the entries so far, so that the next proof starts there; after which entries an earlier time of the
 * clock was accepted; and an index of the few holds that are open.
 */
export function verify({ integer, table: { plain, keyed } }: Dialect): string[] {
  return [
    `create table proof (
      kind text not null,
      id text not null,
      value text not null,
      primary key (kind, id)
    )${keyed}`,
    `create table clock_change (
      account_id text not null,
      seq ${integer} not null,
      newest ${integer} not null,
      at ${integer} not null,
      primary key (account_id, seq)
    )${plain}`,
    `create index hold_open on hold (created_at) where state = 'held'`,
  ]
}
