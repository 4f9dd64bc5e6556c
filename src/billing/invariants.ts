import type { Invariants } from '../db/invariants.ts'

/** The reference of a claw-back entry starts with the purchase id; the version of the row follows. */
const PURCHASE_ID_LENGTH = 36

/** Invariants between purchases and their ledger entries. Each query returns the rows that break one. */
export const BILLING_INVARIANTS: Invariants = {
  'I17 every paid purchase has its top-up, and every top-up its paid purchase': `
    select coalesce(p.id, e.ref) as id, p.credits, e.amount
    from (select * from purchase where completed_at is not null) p
    full join (select * from entry where kind = 'top_up') e
      on e.ref = p.id and e.account_id = p.account_id and e.amount = p.credits
    where p.id is null or e.id is null`,
  'I18 what was taken back of a purchase is what its entries say': `
    select coalesce(p.id, e.purchase_id) as id, p.clawed_back, e.taken
    from (select * from purchase where clawed_back > 0) p
    full join (select substr(ref, 1, ${PURCHASE_ID_LENGTH}) as purchase_id, account_id,
        sum(case kind when 'claw_back' then amount else -amount end) as taken
      from entry where kind in ('claw_back', 'restore')
      group by substr(ref, 1, ${PURCHASE_ID_LENGTH}), account_id
      having sum(case kind when 'claw_back' then amount else -amount end) <> 0) e
      on e.purchase_id = p.id and e.account_id = p.account_id
    where coalesce(p.clawed_back, -1) <> coalesce(e.taken, -1)`,
}
