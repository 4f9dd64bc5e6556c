import { sessionScope, type Caller } from '../accounts/caller.ts'
import { findSession } from '../accounts/sessions.ts'
import { preparedQuery, type TransactionBody } from '../db/db.ts'
import { budgetId, dayOf, lower, LOW_BALANCE, monthOf, shownScope } from '../ledger/rules.ts'
import type { AccountTable, BudgetScope } from '../db/schema/ledger.ts'
import { findAccount } from '../ledger/queries/account.ts'

/** The state of one budget, in micro-dollars. `limit` and `remaining` are null without a cap. */
export type BudgetStatus = {
  limit: number | null
  spent: number
  held: number
  remaining: number | null
}

/** Balance and budgets of a caller, read together. Amounts are micro-dollars. */
export type AccountStatus = {
  /** Undefined before the account is opened. */
  account: AccountTable | undefined
  balance: { available: number; held: number; total: number }
  lowBalance: boolean
  session: BudgetStatus & { id: string | null }
  day: BudgetStatus
  month: BudgetStatus
  /** The budgets with a cap of the caller's key and of its group, the shortest period of each first. */
  ofKey: KeyBudget[]
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
  const [ofSession, ofDay, ofMonth, ...ofKey] = yield* budgetStatuses([
    { scope: 'session', subject: session?.id ?? '', period: '', limit: cap },
    { scope: 'day', subject: caller.account.id, period: day, limit: caller.caps.day },
    { scope: 'month', subject: caller.account.id, period: monthOf(day), limit: caller.caps.month },
    ...cappedOfKey(caller, day),
  ])
  return {
    account,
    balance: { available, held, total: available + held - debt },
    lowBalance: available < LOW_BALANCE,
    session: { id: session?.id ?? null, ...ofSession },
    day: ofDay,
    month: ofMonth,
    ofKey,
    binding: leastLeft([
      ofSession,
      ofDay,
      ofMonth,
      ...ofKey.map((budget) => ({ ...budget, scope: shownScope(budget.scope) })),
    ]),
  }
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

function cappedOfKey({ keyId, groupId, caps }: Caller, day: string) {
  const periods = { day, month: monthOf(day), total: '' }
  return KEY_SCOPES.flatMap((scope) => {
    const limit = caps[scope]
    if (limit === null) return []
    const [owner, period] = scope.split('_') as ['key' | 'group', keyof typeof periods]
    return [
      { scope, subject: owner === 'key' ? keyId : (groupId ?? ''), period: periods[period], limit },
    ]
  })
}

/** The budget with the least remaining, the first of several equal ones; null if none has a limit. */
export function leastLeft<T extends BudgetStatus>(budgets: readonly T[]): T | null {
  const limited = budgets.filter(({ limit }) => limit !== null)
  return limited.toSorted((a, b) => (a.remaining ?? 0) - (b.remaining ?? 0))[0] ?? null
}

/** A budget whose state is asked for. `limit` is in micro-dollars. */
type Asked = { scope: BudgetScope; subject: string; period: string; limit: number | null }

/** Most budgets that are read at once: those of a call. */
const BUDGETS_MAX = 9

const selectBudgets = preparedQuery((db, ids: readonly string[]) =>
  db
    .selectFrom('budget')
    .select(['id', 'spent', 'held'])
    .where(
      'id',
      'in',
      Array.from({ length: BUDGETS_MAX }, (_, place) => ids[place] ?? ''),
    ),
)

/** Returns the states of at most nine budgets, in their order. One without a row has not been used. */
export function* budgetStatuses<const T extends readonly Asked[]>(
  asked: T,
): TransactionBody<{ [K in keyof T]: BudgetStatus & Pick<T[K], 'scope'> }> {
  const ids = asked.map(({ scope, subject, period }) => budgetId(scope, subject, period))
  const unused = Array.from({ length: BUDGETS_MAX - ids.length }, () => '')
  const rows = yield* selectBudgets([...ids, ...unused])
  const statuses = asked.map(({ scope, limit }, place) => {
    const { spent = 0, held = 0 } = rows.find(({ id }) => id === ids[place]) ?? {}
    const remaining = limit === null ? null : Math.max(0, limit - spent - held)
    return { scope, limit, spent, held, remaining }
  })
  return statuses as { [K in keyof T]: BudgetStatus & Pick<T[K], 'scope'> }
}
