import type { Dialect } from '../dialect.ts'

/** People whom an identity provider knows, each with an account, and those who are invited. */
export function subjects({ integer, table: { plain } }: Dialect): string[] {
  return [
    `create table subject (
      issuer text not null,
      subject text not null,
      account_id text not null,
      created_at ${integer} not null,
      primary key (issuer, subject)
    )${plain}`,
    `create table invitation (
      email text primary key,
      created_at ${integer} not null,
      used_at ${integer}
    )${plain}`,
  ]
}
