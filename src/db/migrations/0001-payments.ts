import type { Dialect } from '../dialect.ts'

/** Purchases and the data to track them. The CHECKs tie credits to cents, and amounts taken back to amounts paid. */
export function payments({ integer, table: { plain } }: Dialect): string[] {
  const amount = `${integer} not null default 0`
  return [
    `create table purchase (
      id text not null,
      account_id text not null,
      request_key text,
      status text not null check (status in
        ('pending', 'failed', 'expired', 'completed', 'partially_refunded', 'refunded', 'disputed')),
      cents ${integer} not null check (cents > 0),
      credits ${integer} not null check (credits > 0),
      bonus ${integer} not null check (bonus >= 0),
      clawed_back ${amount} check (clawed_back between 0 and credits),
      version ${amount},
      problem text,
      return_url text not null,
      checkout_id text,
      url text,
      payment_intent text,
      receipt_url text,
      created_at ${integer} not null,
      expires_at ${integer} not null,
      completed_at ${integer},
      poll_at ${integer} not null,
      synced_at ${amount},
      primary key (id, account_id),
      unique (account_id, request_key),
      unique (checkout_id, account_id),
      unique (payment_intent, account_id),
      constraint whole_amount check (credits - bonus = cents * 10000),
      constraint paid_or_not check ((status in ('pending', 'failed', 'expired')) = (completed_at is null)),
      constraint taken_only_when_paid check (clawed_back = 0 or completed_at is not null)
    )${plain}`,
    `create index purchase_of_account on purchase (account_id, created_at)`,
    `create index purchase_pending on purchase (poll_at) where status = 'pending'`,
    `create index purchase_paid on purchase (synced_at) where completed_at is not null`,
    `create table test_checkout (
      id text primary key,
      token text not null unique,
      purchase_id text not null unique,
      account_id text not null,
      install text not null,
      cents ${integer} not null check (cents > 0),
      status text not null check (status in ('open', 'paid', 'expired')),
      url text not null,
      expires_at ${integer} not null
    )${plain}`,
    `create table event_cursor (
      service text primary key,
      read_to ${integer} not null,
      read_at ${integer} not null
    )${plain}`,
    `create table dead_letter_event (
      id text primary key,
      checkout_id text,
      payment_intent text,
      tries ${integer} not null,
      next_at ${integer} not null
    )${plain}`,
  ]
}
