import { sessionScope, type Caller } from '../accounts/caller.ts'
import { findSession } from '../accounts/sessions.ts'
import type { Unit } from '../db/db.ts'
import { budgetId, dayOf, LOW_BALANCE, monthOf } from '../ledger/rules.ts'
import type { BudgetScope } from '../ledger/schema.ts'
import { findAccount } from '../ledger/statements/account.ts'
import { findBudget } from '../ledger/statements/budget.ts'

/** What counts against one budget, in micro-dollars; limit and remaining are null where there is no cap. */
export type BudgetStanding = {
  limit: number | null
  spent: number
  held: number
  remaining: number | null
}

/** Where a caller stands now: one consistent reading of balance and budgets. */
export type Standing = {
  balance: { available: number; held: number; total: number }
  lowBalance: boolean
  session: BudgetStanding & { id: string | null }
  day: BudgetStanding
  month: BudgetStanding
}

/** Reads a caller's standing; its account must be open. A session that has not begun has no id yet. */
export function* standing(caller: Caller, nowMs: number): Unit<Standing> {
  const [account] = yield* findAccount({ id: caller.account.id })
  const { available = 0, held = 0, debt = 0 } = account ?? {}
  const session = yield* findSession(sessionScope(caller))
  const day = dayOf(nowMs)
  const cap = session === undefined ? caller.session.budget : session.budget
  return {
    balance: { available, held, total: available + held - debt },
    lowBalance: available < LOW_BALANCE,
    session: { id: session?.id ?? null, ...(yield* used('session', session?.id ?? '', '', cap)) },
    day: yield* used('day', caller.account.id, day, caller.caps.day),
    month: yield* used('month', caller.account.id, monthOf(day), caller.caps.month),
  }
}

function* used(
  scope: BudgetScope,
  subject: string,
  period: string,
  limit: number | null,
): Unit<BudgetStanding> {
  const [row] = yield* findBudget({ id: budgetId(scope, subject, period) })
  const { spent = 0, held = 0 } = row ?? {}
  return {
    limit,
    spent,
    held,
    remaining: limit === null ? null : Math.max(0, limit - spent - held),
  }
}
