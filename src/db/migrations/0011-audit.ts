import type { Change, Dialect } from '../dialect.ts'

/** As in migration 8, with the kinds of the operator's entries. Queries name it in these words. */
const IS_REFUND = `kind not in ('grant', 'capture', 'top_up', 'claw_back', 'restore', 'credit', 'correction')`

/** Refunds that are older than the audit log get an act of an unknown author. */
export const FILL_AUDIT = `insert into audit (id, at, author, action, account_id, subject, amount, entry_id)
  select 'aud_' || substr(id, 12), at, 'unknown', 'ledger.refund', account_id, ref, amount, id from entry
  where kind = 'refund' and not exists (select 1 from audit where audit.entry_id = entry.id)`

/** The audit log of what operators do, and the indexes of refunds without the entries of operators. */
export function audit({ integer, table: { plain }, appendOnly, statistics }: Dialect): Change[] {
  return [
    `create table audit (
      id text not null,
      at ${integer} not null,
      author text not null,
      action text not null,
      account_id text not null,
      subject text,
      amount ${integer},
      reason text,
      entry_id text,
      request_key text,
      primary key (id, account_id),
      unique (entry_id, account_id),
      check ((entry_id is null) = (amount is null))
    )${plain}`,
    `create index audit_of_account on audit (account_id, id)`,
    `create unique index audit_once on audit (account_id, request_key) where request_key is not null`,
    FILL_AUDIT,
    ...appendOnly('audit'),
    ...['entry_refund', 'entry_refund_by_day', 'entry_refund_by_session'].map(
      (name) => `drop index ${name}`,
    ),
    `create index entry_refund on entry (account_id, seq) where ${IS_REFUND}`,
    `create index entry_refund_by_day on entry (account_id, day) where ${IS_REFUND}`,
    `create index entry_refund_by_session on entry (account_id, session_id) where ${IS_REFUND}`,
    ...statistics('entry', {
      entry_refund: '1000 1',
      entry_refund_by_day: '1000 10',
      entry_refund_by_session: '1000 1',
    }),
  ]
}
