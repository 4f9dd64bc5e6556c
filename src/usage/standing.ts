import { sessionScope, type Caller } from '../accounts/caller.ts'
import { findSession } from '../accounts/sessions.ts'
import type { Unit } from '../db/db.ts'
import { budgetId, dayOf, lower, LOW_BALANCE, monthOf } from '../ledger/rules.ts'
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
  /** The limit that leaves least of all that a call of this caller counts against; null where there is none. */
  binding: ({ scope: BindingScope } & BudgetStanding) | null
}

export type BindingScope = 'session' | 'day' | 'month' | 'key'

/** Reads a caller's standing; its account must be open. A session that has not begun has no id yet. */
export function* standing(caller: Caller, nowMs: number): Unit<Standing> {
  const [account] = yield* findAccount({ id: caller.account.id })
  const { available = 0, held = 0, debt = 0 } = account ?? {}
  const session = yield* findSession(sessionScope(caller))
  const day = dayOf(nowMs)
  const begun = session === undefined ? caller.session.budget : session.budget
  const cap = lower(begun, caller.session.cap)
  const budgets = {
    session: yield* budgetStanding('session', session?.id ?? '', '', cap),
    day: yield* budgetStanding('day', caller.account.id, day, caller.caps.day),
    month: yield* budgetStanding('month', caller.account.id, monthOf(day), caller.caps.month),
  }
  const key = hasKeyCap(caller) ? yield* tightest(caller, 'key', nowMs) : null
  return {
    balance: { available, held, total: available + held - debt },
    lowBalance: available < LOW_BALANCE,
    ...budgets,
    session: { id: session?.id ?? null, ...budgets.session },
    binding: bindingOf(key === null ? budgets : { ...budgets, key }),
  }
}

function hasKeyCap({ caps }: Caller): boolean {
  return [caps.key_day, caps.key_month, caps.key_total].some((cap) => cap !== null)
}

function bindingOf(budgets: Partial<Record<BindingScope, BudgetStanding>>): Standing['binding'] {
  return (
    Object.entries(budgets)
      .map(([scope, budget]) => ({ scope: scope as BindingScope, ...budget }))
      .filter(({ limit }) => limit !== null)
      .toSorted((a, b) => (a.remaining ?? 0) - (b.remaining ?? 0))[0] ?? null
  )
}

/** The tightest cap of an account or of a key, whatever its period; null where there is none. */
export function* tightest(
  caller: Caller,
  of: 'account' | 'key',
  nowMs: number,
): Unit<BudgetStanding | null> {
  const day = dayOf(nowMs)
  const month = monthOf(day)
  const { account, keyId, caps } = caller
  const standings =
    of === 'account'
      ? [
          yield* budgetStanding('day', account.id, day, caps.day),
          yield* budgetStanding('month', account.id, month, caps.month),
        ]
      : [
          yield* budgetStanding('key_day', keyId, day, caps.key_day),
          yield* budgetStanding('key_month', keyId, month, caps.key_month),
          yield* budgetStanding('key_total', keyId, '', caps.key_total),
        ]
  const capped = standings.filter(({ limit }) => limit !== null)
  return capped.toSorted((a, b) => (a.remaining ?? 0) - (b.remaining ?? 0))[0] ?? null
}

/** One budget as its row counts it, against a limit. */
export function* budgetStanding(
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
