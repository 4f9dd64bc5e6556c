import type { Dialect } from '../dialect.ts'

/** Calls that wait for the approval of a person, and the price above which a key wants one. */
export function approvals({ integer, table }: Dialect): string[] {
  return [
    `create table approval (
      id text not null,
      account_id text not null,
      key_id text not null,
      fingerprint text not null,
      generation_id text not null,
      status text not null check (status in ('pending', 'approved', 'refused', 'expired', 'used')),
      prompt text,
      count ${integer} not null check (count > 0),
      created_at ${integer} not null,
      expires_at ${integer} not null,
      decided_by text,
      decided_at ${integer},
      used_by text,
      primary key (id, account_id),
      unique (generation_id, account_id),
      unique (used_by, account_id),
      check ((decided_by is null) = (decided_at is null)),
      check (status = 'expired' or (status = 'pending') = (decided_by is null)),
      check ((status = 'used') = (used_by is not null))
    )${table.plain}`,
    `create unique index approval_open on approval (account_id, key_id, fingerprint)
      where status in ('pending', 'approved')`,
    `create index approval_due on approval (expires_at) where status in ('pending', 'approved')`,
    `create index approval_of_account on approval (account_id, created_at)`,
    `alter table api_key add column approve_above ${integer} check (approve_above >= 0)`,
  ]
}
