import type { Dialect } from '../dialect.ts'

/**
 * The webhook that the people of an account have set for its alerts, and what became of each alert there. An older version
 * that still runs writes no deliveries.
 */
export function accountWebhooks({ integer, table: { plain } }: Dialect): string[] {
  return [
    `create table alert_receiver (
      account_id text primary key,
      url text not null,
      secret text not null,
      created_at ${integer} not null,
      shown_at ${integer},
      sent_at ${integer}
    )${plain}`,
    `create table alert_delivery (
      id text primary key,
      account_id text not null,
      at ${integer} not null,
      tries ${integer} not null,
      next_at ${integer},
      delivered_at ${integer},
      answer text
    )${plain}`,
    `create index alert_delivery_due on alert_delivery (next_at) where next_at is not null`,
    `create index alert_delivery_of_account on alert_delivery (account_id)`,
  ]
}
