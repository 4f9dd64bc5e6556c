import type { Invariants } from '../db/invariants.ts'

/** Invariants between approvals, their holds and what holds money. Each query returns the rows that break one. */
export const APPROVAL_INVARIANTS: Invariants = {
  'I25 the price of an approval is held while it is open, given back unless it was used, and then of its generation': `
    select a.id, a.status, h.state, g.status as generation from approval a
    left join hold h on h.id = a.generation_id and h.account_id = a.account_id
      and h.key_id = a.key_id and h.fingerprint = a.fingerprint
    left join generation g on g.id = a.generation_id and g.account_id = a.account_id
    where h.id is null
      or (a.status in ('pending', 'approved') and (h.state <> 'held' or g.id is not null))
      or (a.status in ('refused', 'expired') and (h.state not in ('released', 'expired') or g.id is not null))
      or (a.status = 'used' and g.id is null)`,
}
