import { sessionScope, type Caller } from '../accounts/caller.ts'
import { findSession } from '../accounts/sessions.ts'
import type { TransactionBody } from '../db/db.ts'
import type { AppError } from '../errors.ts'
import { budgetsOf, dayOf, lower, SIGNUP_GRANT } from '../ledger/rules.ts'
import { findAccount } from '../ledger/queries/account.ts'
import { findBudget } from '../ledger/queries/budget.ts'
import { lastToEnd } from './queries.ts'

/**
 * Returns the highest price that all limits of a caller allow now, in micro-dollars; null if there is no limit.
 * The balance does not limit work on an own key.
 */
export function* remainingFor(caller: Caller, at: number): TransactionBody<number | null> {
  const { account, keyId, session, billing } = caller
  const [balance] = yield* findAccount({ id: account.id })
  const begun = yield* findSession(sessionScope(caller))
  const own = begun === undefined ? session.budget : begun.budget
  const caps = { ...caller.caps, session: lower(own, session.cap) }
  const owner = {
    account_id: account.id,
    session_id: begun?.id ?? '',
    key_id: keyId,
    group_id: caller.groupId,
    day: dayOf(at),
  }
  let left = billing === 'credits' ? (balance?.available ?? SIGNUP_GRANT) : null // an account that is not open yet starts with the signup grant
  for (const { id, scope } of budgetsOf(owner)) {
    const cap = caps[scope]
    if (cap === null) continue
    const [row] = yield* findBudget({ id })
    left = lower(left, Math.max(0, cap - (row?.spent ?? 0) - (row?.held ?? 0)))
  }
  return lower(left, lower(caller.maxPrice, balance?.max_price ?? null))
}

/**
 * Open holds: when the last of them expires (milliseconds since 1970), the ids of the work among the last three, and
 * whether one of these is of a call that waits for an approval.
 */
export type BlockingHolds = { until: number; ids: string[]; waits: boolean }

/** Returns the open holds that cause a refusal; null if the call would be refused without them, too. */
export function* blockingHolds(
  refusal: AppError,
  accountId: string,
): TransactionBody<BlockingHolds | null> {
  const { required, available, limit, spent, held } = refusal.facts
  if (required === undefined || refusal.code === 'max_cost_exceeded') return null
  let free = (limit?.micro ?? 0) - (spent?.micro ?? 0)
  let heldMicro = held?.micro ?? 0
  if (available !== undefined) {
    const [account] = yield* findAccount({ id: accountId })
    heldMicro = account?.held ?? 0
    free = available.micro + heldMicro
  }
  if (heldMicro === 0 || free < required.micro) return null
  const holds = yield* lastToEnd({ account_id: accountId })
  const [last] = holds
  if (last === undefined) return null
  const work = holds.filter(({ waits }) => waits === 0)
  return {
    until: last.expires_at,
    ids: work.map(({ id }) => id),
    waits: work.length < holds.length,
  }
}
