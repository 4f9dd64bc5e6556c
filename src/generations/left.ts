import { sessionScope, type Caller } from '../accounts/caller.ts'
import { findSession } from '../accounts/sessions.ts'
import type { Unit } from '../db/db.ts'
import { budgetsOf, dayOf, lower } from '../ledger/rules.ts'
import { findAccount } from '../ledger/statements/account.ts'
import { findBudget } from '../ledger/statements/budget.ts'

/**
 * The largest price that every limit of a caller would let pass now, in micro-dollars; null where there is no limit.
 * The balance counts but for work on an own key.
 */
export function* leftFor(caller: Caller, at: number): Unit<number | null> {
  const { account, keyId, session, billing } = caller
  const [balance] = billing === 'credits' ? yield* findAccount({ id: account.id }) : []
  const begun = yield* findSession(sessionScope(caller))
  const own = begun === undefined ? session.budget : begun.budget
  const caps = { ...caller.caps, session: lower(own, session.cap) }
  const owner = {
    account_id: account.id,
    session_id: begun?.id ?? '',
    key_id: keyId,
    day: dayOf(at),
  }
  let left = billing === 'credits' ? (balance?.available ?? 0) : null
  for (const { id, scope } of budgetsOf(owner)) {
    const cap = caps[scope]
    if (cap === null) continue
    const [row] = yield* findBudget({ id })
    left = lower(left, Math.max(0, cap - (row?.spent ?? 0) - (row?.held ?? 0)))
  }
  return left
}
