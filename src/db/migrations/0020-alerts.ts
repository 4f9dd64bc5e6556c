import type { Dialect } from '../dialect.ts'

/**
 * What people are told of, and whether it reached them. The key is what makes an alert one: each is raised once, however
 * many processes notice it.
 */
export function alerts({ integer, table: { keyed } }: Dialect): string[] {
  return [
    `create table alert (
      account_id text not null,
      kind text not null,
      subject text not null,
      period text not null,
      threshold ${integer} not null,
      cap ${integer} not null,
      id text not null,
      at ${integer} not null,
      details text not null,
      tries ${integer} not null,
      next_at ${integer},
      delivered_at ${integer},
      answer text,
      primary key (account_id, kind, subject, period, threshold, cap)
    )${keyed}`,
    `create index alert_by_id on alert (id)`,
    `create index alert_of_account on alert (account_id, id)`,
    `create index alert_due on alert (next_at) where next_at is not null`,
  ]
}
