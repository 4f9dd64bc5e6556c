import type { Dialect } from '../dialect.ts'

/** Whether an account is open, suspended or closed, its largest price of a call, and what an act changed. */
export function suspension({ integer }: Dialect): string[] {
  const account = 'alter table account add column'
  return [
    `${account} max_price ${integer} check (max_price >= 0)`,
    `${account} suspended_at ${integer}`,
    `${account} suspended_for text check ((suspended_for is null) = (suspended_at is null))`,
    `${account} closed_at ${integer}`,
    `alter table audit add column details text`,
  ]
}
