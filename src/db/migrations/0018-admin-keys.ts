import type { Dialect } from '../dialect.ts'

/** The keys of the admin API. They belong to no account. */
export function adminKeys({ integer, table: { plain } }: Dialect): string[] {
  return [
    `create table admin_key (
      id text primary key,
      hash text not null unique,
      prefix text not null,
      name text not null,
      scopes text not null,
      created_at ${integer} not null,
      revoked_at ${integer}
    )${plain}`,
  ]
}
