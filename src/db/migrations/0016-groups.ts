import type { Dialect } from '../dialect.ts'

/** Groups of keys with budgets of their own, the group of each key and hold, and the old secret of a rotated key. */
export function groups({ integer, table }: Dialect): string[] {
  return [
    `create table key_group (
      id text primary key,
      account_id text not null,
      name text not null,
      day_cap ${integer} check (day_cap >= 0),
      month_cap ${integer} check (month_cap >= 0),
      total_cap ${integer} check (total_cap >= 0),
      created_at ${integer} not null
    )${table.plain}`,
    `create index key_group_of_account on key_group (account_id, id)`,
    `alter table api_key add column group_id text`,
    `alter table api_key add column old_hash text`,
    `alter table api_key add column old_until ${integer}`,
    `create unique index api_key_by_old_hash on api_key (old_hash) where old_hash is not null`,
    `alter table hold add column group_id text`,
  ]
}
