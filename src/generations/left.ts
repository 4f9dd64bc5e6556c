import { sessionScope, type Caller } from '../accounts/caller.ts'
import { findSession } from '../accounts/sessions.ts'
import type { Unit } from '../db/db.ts'
import type { AppError } from '../errors.ts'
import { budgetsOf, dayOf, lower, SIGNUP_GRANT } from '../ledger/rules.ts'
import { findAccount } from '../ledger/queries/account.ts'
import { findBudget } from '../ledger/queries/budget.ts'
import { lastToEnd } from './queries.ts'

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
  let left = billing === 'credits' ? (balance?.available ?? SIGNUP_GRANT) : null // an account that is not open yet begins with its grant
  for (const { id, scope } of budgetsOf(owner)) {
    const cap = caps[scope]
    if (cap === null) continue
    const [row] = yield* findBudget({ id })
    left = lower(left, Math.max(0, cap - (row?.spent ?? 0) - (row?.held ?? 0)))
  }
  return left
}

/** Work in progress: the instant by which its holds have ended, and the ids of what ends last. */
export type Held = { until: number; ids: string[] }

/** The work whose holds alone refuse a call; null where they are not alone. */
export function* heldAlone(refusal: AppError, accountId: string): Unit<Held | null> {
  const { required, available, limit, spent, held } = refusal.facts
  if (required === undefined || refusal.code === 'max_cost_exceeded') return null
  let free = (limit?.micro ?? 0) - (spent?.micro ?? 0)
  let inHand = held?.micro ?? 0
  if (available !== undefined) {
    const [account] = yield* findAccount({ id: accountId })
    inHand = account?.held ?? 0
    free = available.micro + inHand
  }
  if (inHand === 0 || free < required.micro) return null
  const works = yield* lastToEnd({ account_id: accountId })
  const [last] = works
  return last === undefined ? null : { until: last.expires_at, ids: works.map(({ id }) => id) }
}
