import type { Change, Dialect } from '../dialect.ts'
import { payments } from './0001-payments.ts'

/**
 * The first schema, the same on both engines. The CHECKs stop what a bug in a statement would let through. Every key of
 * a table of money includes the account, so that its rows can be distributed by account. The id stands first, because
 * queries find rows by it.
 * No foreign key refers to `account`, whose rows are hot: a key from holds or entries fails on PostgreSQL under
 * concurrency.
 */
export function initial(dialect: Dialect): Change[] {
  return [
    ...balances(dialect),
    ...access(dialect),
    ...journal(dialect),
    ...rollUp(dialect),
    ...work(dialect),
    ...payments(dialect),
    ...page(dialect),
  ]
}

function balances({ integer, table: { plain, hot, keyed } }: Dialect): string[] {
  const amount = `${integer} not null default 0`
  return [
    `create table ledger_info (name text primary key, value text not null)${plain}`,
    `create table account (
      id text primary key,
      name text not null,
      created_at ${integer} not null,
      available ${amount} check (available >= 0),
      held ${amount} check (held >= 0),
      spent ${amount} check (spent >= 0),
      granted ${amount} check (granted >= 0),
      purchased ${amount} check (purchased >= 0),
      clawed_back ${amount} check (clawed_back >= 0),
      debt ${amount} check (debt >= 0),
      entries ${amount},
      last_at ${amount},
      constraint debt_or_credit check (debt = 0 or available = 0),
      constraint conservation check (available + held + spent = granted + purchased - clawed_back + debt)
    )${hot}`,
    `create table budget (
      id text not null,
      account_id text not null,
      scope text not null check (scope in ('session', 'day', 'month', 'key_day', 'key_month', 'key_total',
        'group_day', 'group_month', 'group_total')),
      subject text not null,
      period text not null,
      cap ${integer} check (cap >= 0),
      held ${amount} check (held >= 0),
      spent ${amount} check (spent >= 0),
      primary key (id, account_id),
      constraint within_cap check (cap is null or held + spent <= cap)
    )${keyed}`,
    `create table session (
      id text not null,
      account_id text not null,
      name text not null,
      budget ${integer} check (budget >= 0),
      created_at ${integer} not null,
      primary key (id, account_id),
      unique (account_id, name)
    )${plain}`,
  ]
}

function access({ integer, table: { plain } }: Dialect): string[] {
  return [
    `create table api_key (
      id text primary key,
      account_id text not null,
      hash text not null unique,
      prefix text not null,
      name text,
      scopes text not null,
      session_cap ${integer} check (session_cap >= 0),
      day_cap ${integer} check (day_cap >= 0),
      month_cap ${integer} check (month_cap >= 0),
      total_cap ${integer} check (total_cap >= 0),
      expires_at ${integer},
      revoked_at ${integer},
      last_used_at ${integer},
      created_at ${integer} not null
    )${plain}`,
    `create index api_key_of_account on api_key (account_id)`,
    `create table mcp_session (
      id text primary key,
      key_id text not null,
      opening text not null,
      used_at ${integer} not null
    )${plain}`,
    `create index mcp_session_unused on mcp_session (used_at)`,
  ]
}

function journal(dialect: Dialect): Change[] {
  const {
    integer,
    table: { clustered },
  } = dialect
  return [
    `create table hold (
      id text not null,
      account_id text not null,
      session_id text not null,
      key_id text not null,
      fingerprint text not null,
      state text not null check (state in ('held', 'captured', 'released', 'expired')),
      billing text not null check (billing in ('credits', 'own_key')),
      amount ${integer} not null check (amount >= 0),
      captured ${integer},
      operation text not null,
      model text not null,
      modality text not null,
      provider text not null,
      day text not null,
      created_at ${integer} not null,
      expires_at ${integer} not null,
      resolved_at ${integer},
      primary key (id, account_id),
      constraint resolved check (
        (state = 'held' and captured is null and resolved_at is null)
        or (state = 'captured' and captured between 0 and amount and resolved_at is not null)
        or (state in ('released', 'expired') and captured = 0 and resolved_at is not null))
    )${clustered}`,
    `create table entry (
      account_id text not null,
      seq ${integer} not null,
      id text not null,
      kind text not null,
      ref text not null,
      at ${integer} not null,
      day text not null,
      debit text not null,
      credit text not null,
      amount ${integer} not null check (amount >= 0),
      balance_after ${integer} not null,
      held_after ${integer} not null,
      billing text not null,
      operation text,
      model text,
      modality text,
      provider text,
      session_id text,
      key_id text,
      primary key (account_id, seq),
      unique (kind, ref, account_id), -- in this order a search for refunds passes over the charges
      check (debit <> credit),
      constraint charge_of_work check (kind <> 'capture' or id = ref)
    )${clustered}`,
    // A charge has the id of its work, which is unique already.
    `create unique index entry_of_id on entry (id, account_id) where kind <> 'capture'`,
    ...dialect.appendOnly('entry'),
  ]
}

function rollUp({ integer, table: { keyed } }: Dialect): string[] {
  return [
    `create table usage_day (
      account_id text not null,
      day text not null,
      key_id text not null,
      model text not null,
      operation text not null,
      modality text not null,
      billing text not null,
      count ${integer} not null check (count >= 0),
      amount ${integer} not null check (amount >= 0),
      primary key (account_id, day, key_id, model, operation, modality, billing)
    )${keyed}`,
  ]
}

function work({ integer, table: { plain } }: Dialect): string[] {
  return [
    `create table generation (
      id text not null,
      account_id text not null,
      idempotency_key text,
      status text not null check (status in ('running', 'unknown', 'completed', 'failed')),
      request text not null,
      upstream_id text,
      error text,
      remarks text not null,
      upstream_cost ${integer},
      lease_owner text not null,
      lease_until ${integer} not null,
      created_at ${integer} not null,
      finished_at ${integer},
      primary key (id, account_id)
    )${plain}`,
    `create unique index generation_once on generation (account_id, idempotency_key)
      where idempotency_key is not null and status <> 'failed'`,
    `create index generation_open on generation (lease_until) where finished_at is null`,
    `create table asset (
      id text not null,
      account_id text not null,
      generation_id text,
      position ${integer} not null,
      path text not null,
      mime_type text not null,
      width ${integer},
      height ${integer},
      bytes ${integer} not null,
      sha256 text not null,
      created_at ${integer} not null,
      primary key (id, account_id),
      unique (generation_id, position, account_id)
    )${plain}`,
  ]
}

/** The tables and indexes of the usage page: its sign-ins, and each way it filters entries, ordered by `seq`. */
function page({ integer, table: { plain }, entryStatistics }: Dialect): string[] {
  return [
    `create table page_session (
      hash text primary key,
      kind text not null check (kind in ('link', 'session')),
      account_id text not null,
      key_id text not null,
      expires_at ${integer} not null
    )${plain}`,
    ...['operation', 'modality', 'key_id', 'session_id'].map(
      (column) => `create index entry_by_${column} on entry (account_id, ${column}, seq)`,
    ),
    ...entryStatistics,
  ]
}
