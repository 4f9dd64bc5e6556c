import { sessionScope, type Caller } from '../accounts/caller.ts'
import { findSession } from '../accounts/sessions.ts'
import type { TransactionBody } from '../db/db.ts'
import { budgetId, dayOf, lower, LOW_BALANCE, monthOf, shownScope } from '../ledger/rules.ts'
import type { BudgetScope } from '../db/schema/ledger.ts'
import { findAccount } from '../ledger/queries/account.ts'
import { findBudget } from '../ledger/queries/budget.ts'

/** The state of one budget, in micro-dollars. `limit` and `remaining` are null without a cap. */
export type BudgetStatus = {
  limit: number | null
  spent: number
  held: number
  remaining: number | null
}

/** Balance and budgets of a caller, read together. Amounts are micro-dollars. */
export type AccountStatus = {
  balance: { available: number; held: number; total: number }
  lowBalance: boolean
  session: BudgetStatus & { id: string | null }
  day: BudgetStatus
  month: BudgetStatus
  /** The limit with the least remaining, of all that apply to a call of this caller; null if there is none. */
  binding: ({ scope: BindingScope } & BudgetStatus) | null
}

export type BindingScope = 'session' | 'day' | 'month' | 'key' | 'group'

/** Reads the account status of a caller, whose account must be open. A session that has not begun has the id null. */
export function* accountStatus(caller: Caller, nowMs: number): TransactionBody<AccountStatus> {
  const [account] = yield* findAccount({ id: caller.account.id })
  const { available = 0, held = 0, debt = 0 } = account ?? {}
  const session = yield* findSession(sessionScope(caller))
  const day = dayOf(nowMs)
  const begun = session === undefined ? caller.session.budget : session.budget
  const cap = lower(begun, caller.session.cap)
  const budgets = {
    session: yield* budgetStatus('session', session?.id ?? '', '', cap),
    day: yield* budgetStatus('day', caller.account.id, day, caller.caps.day),
    month: yield* budgetStatus('month', caller.account.id, monthOf(day), caller.caps.month),
  }
  const ofKey = yield* keyBudgets(caller, nowMs)
  return {
    balance: { available, held, total: available + held - debt },
    lowBalance: available < LOW_BALANCE,
    ...budgets,
    session: { id: session?.id ?? null, ...budgets.session },
    binding: leastLeft([
      { scope: 'session', ...budgets.session },
      { scope: 'day', ...budgets.day },
      { scope: 'month', ...budgets.month },
      ...ofKey.map((budget) => ({ ...budget, scope: shownScope(budget.scope) })),
    ]),
  }
}

/** Returns the budget with the least remaining of an account or a key, over all periods; null if there is no cap. */
export function* tightest(
  caller: Caller,
  of: 'account' | 'key',
  nowMs: number,
): TransactionBody<BudgetStatus | null> {
  if (of === 'key') return leastLeft(yield* keyBudgets(caller, nowMs))
  const { account, caps } = caller
  const day = dayOf(nowMs)
  return leastLeft([
    yield* budgetStatus('day', account.id, day, caps.day),
    yield* budgetStatus('month', account.id, monthOf(day), caps.month),
  ])
}

const KEY_SCOPES = [
  'key_day',
  'key_month',
  'key_total',
  'group_day',
  'group_month',
  'group_total',
] as const

type KeyBudget = BudgetStatus & { scope: (typeof KEY_SCOPES)[number] }

/** Returns the budgets with a cap of the caller's key and of its group, the shortest period of each first. */
export function* keyBudgets(
  { keyId, groupId, caps }: Caller,
  nowMs: number,
): TransactionBody<KeyBudget[]> {
  const day = dayOf(nowMs)
  const periods = { day, month: monthOf(day), total: '' }
  const found: KeyBudget[] = []
  for (const scope of KEY_SCOPES) {
    const limit = caps[scope]
    if (limit === null) continue
    const [owner, period] = scope.split('_') as ['key' | 'group', keyof typeof periods]
    const subject = owner === 'key' ? keyId : (groupId ?? '')
    found.push({ scope, ...(yield* budgetStatus(scope, subject, periods[period], limit)) })
  }
  return found
}

/** The budget with the least remaining, the first of several equal ones; null if none has a limit. */
function leastLeft<T extends BudgetStatus>(budgets: readonly T[]): T | null {
  const limited = budgets.filter(({ limit }) => limit !== null)
  return limited.toSorted((a, b) => (a.remaining ?? 0) - (b.remaining ?? 0))[0] ?? null
}

/** Returns the state of one budget, from its row and a limit in micro-dollars. */
export function* budgetStatus(
  scope: BudgetScope,
  subject: string,
  period: string,
  limit: number | null,
): TransactionBody<BudgetStatus> {
  const [row] = yield* findBudget({ id: budgetId(scope, subject, period) })
  const { spent = 0, held = 0 } = row ?? {}
  return {
    limit,
    spent,
    held,
    remaining: limit === null ? null : Math.max(0, limit - spent - held),
  }
}
