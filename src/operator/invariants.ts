import type { Invariants } from '../db/invariants.ts'

/** Invariants between the acts of operators and their entries. Each query returns the rows that break one. */
export const OPERATOR_INVARIANTS: Invariants = {
  'I24 every credit, correction and refund has its act in the audit log, and every act its entry': `
    select coalesce(a.entry_id, e.id) as id, a.amount, e.given
    from (select * from audit where entry_id is not null) a
    full join (select id, account_id, kind, case kind when 'correction' then -amount else amount end as given
      from entry where kind in ('credit', 'correction', 'refund')) e
      on e.id = a.entry_id and e.account_id = a.account_id and e.given = a.amount
    where a.id is null or e.id is null
      or (e.kind = 'refund') <> (a.action = 'ledger.refund')`,
}
