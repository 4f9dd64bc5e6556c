import type { Caller } from '../accounts/caller.ts'
import { preparedQuery, query, type TransactionBody } from '../db/db.ts'
import type { PurchaseStatus } from '../db/schema/billing.ts'
import type { AccountTable, BudgetScope } from '../db/schema/ledger.ts'
import { DAY_MS } from '../ledger/rules.ts'
import type { AccountStatus, BudgetStatus } from './account-status.ts'
import { nextDay, nextMonth } from './days.ts'

/** A key is told about from this long before its end, in milliseconds. */
const KEY_NOTICE_MS = 7 * DAY_MS

export type StateBudget = BudgetScope

/** The payment whose credits were taken back after they had been spent. Amounts in micro-dollars, `at` in milliseconds. */
export type LostPayment = { paid: number; takenBack: number; status: PurchaseStatus; at: number }

/**
 * Something about an account that its people and agents must know. Amounts are micro-dollars, times are milliseconds
 * since 1970.
 */
export type State =
  | { kind: 'closed' }
  | { kind: 'suspended'; reason: string; accountId: string }
  | { kind: 'debt'; debt: number; payment: LostPayment | null }
  | { kind: 'out_of_credits'; held: number }
  | { kind: 'low'; available: number }
  | {
      kind: 'budget'
      budget: StateBudget
      limit: number
      used: number
      remaining: number
      /** When it starts anew; null for a budget without a period. */
      resetsAt: number | null
    }
  | { kind: 'key_ends'; at: number }

type StatusOfStates = Pick<
  AccountStatus,
  'account' | 'balance' | 'lowBalance' | 'session' | 'day' | 'month' | 'ofKey'
>

/** Returns the states of a caller's account, the most urgent first. */
export function* accountStates(
  caller: Caller,
  status: StatusOfStates,
  nowMs: number,
): TransactionBody<State[]> {
  const { account } = status
  const states = stopStates(account)
  if (caller.billing === 'credits') states.push(...(yield* moneyStates(account, status)))
  const [day, month] = [Date.parse(nextDay(nowMs)), Date.parse(nextMonth(nowMs))]
  const ends: Record<StateBudget, number | null> = {
    session: null,
    day,
    month,
    key_day: day,
    key_month: month,
    key_total: null,
    group_day: day,
    group_month: month,
    group_total: null,
  }
  for (const [budget, use] of [
    ['session', status.session],
    ['day', status.day],
    ['month', status.month],
    ...status.ofKey.map((each) => [each.scope, each] as const),
  ] as const)
    states.push(...budgetState(budget, use, ends[budget]))
  const end = yield* keyEnd(caller)
  if (end !== null && end <= nowMs + KEY_NOTICE_MS) states.push({ kind: 'key_ends', at: end })
  return states
}

function stopStates(account: AccountTable | undefined): State[] {
  if (account === undefined) return []
  const { id: accountId, closed_at, suspended_for: reason } = account
  if (closed_at !== null) return [{ kind: 'closed' }]
  return reason === null ? [] : [{ kind: 'suspended', reason, accountId }]
}

function* moneyStates(
  account: AccountTable | undefined,
  { balance, lowBalance }: Pick<AccountStatus, 'balance' | 'lowBalance'>,
): TransactionBody<State[]> {
  const { available, held } = balance
  if (account !== undefined && account.debt > 0)
    return [{ kind: 'debt', debt: account.debt, payment: yield* lostPayment(account.id) }]
  if (available === 0) return [{ kind: 'out_of_credits', held }]
  return lowBalance ? [{ kind: 'low', available }] : []
}

/** Returns the payment of an account that was taken back last; null if there is none. */
function* lostPayment(accountId: string): TransactionBody<LostPayment | null> {
  const [row] = yield* query((db) =>
    db
      .selectFrom('purchase')
      .select(['credits', 'bonus', 'clawed_back', 'status', 'created_at'])
      .where('account_id', '=', accountId)
      .where('clawed_back', '>', 0)
      .orderBy('created_at', 'desc')
      .limit(1),
  )
  if (row === undefined) return null
  const { credits, bonus, clawed_back: takenBack, status, created_at: at } = row
  return { paid: credits - bonus, takenBack, status, at }
}

/** A budget is told about from four fifths on. A limit of 0 is used up from the start. */
function budgetState(
  budget: StateBudget,
  { limit, spent, held, remaining }: BudgetStatus,
  resetsAt: number | null,
): State[] {
  const used = spent + held
  if (limit === null || remaining === null || used * 5 < limit * 4) return []
  return [{ kind: 'budget', budget, limit, used, remaining, resetsAt }]
}

const selectKeyEnd = preparedQuery((db, p: { id: string }) =>
  db.selectFrom('api_key').select('expires_at').where('id', '=', p.id),
)

function* keyEnd({ keyId }: Caller): TransactionBody<number | null> {
  if (keyId === '') return null
  const [key] = yield* selectKeyEnd({ id: keyId })
  return key?.expires_at ?? null
}
