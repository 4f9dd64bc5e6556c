import type { Dialect } from '../dialect.ts'

/**
 * Connections of remote hosts: keys without a secret, which end with the key that `ends_with` names; and what the
 * authorization server remembers, so that every server of a fleet can take every step.
 */
export function connections({ integer, table: { plain, keyed } }: Dialect): string[] {
  return [
    `alter table api_key add column ends_with text`,
    `create index api_key_ends_with on api_key (ends_with) where ends_with is not null`,
    `create table connection (
      key_id text primary key,
      account_id text not null,
      grant_id text not null unique,
      request text not null unique,
      client_id text not null,
      sends_to text not null,
      created_at ${integer} not null
    )${plain}`,
    `create index connection_of_account on connection (account_id, client_id)`,
    `create table oauth_record (
      kind text not null,
      hash text not null,
      grant_id text,
      user_code text,
      payload text not null,
      consumed_at ${integer},
      expires_at ${integer} not null,
      primary key (kind, hash)
    )${keyed}`,
    `create index oauth_record_of_grant on oauth_record (grant_id) where grant_id is not null`,
    `create index oauth_record_of_code on oauth_record (user_code) where user_code is not null`,
    `create index oauth_record_expired on oauth_record (expires_at)`,
  ]
}
