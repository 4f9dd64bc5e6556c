import { AppError, type ErrorCode } from '../errors.ts'
import { display, micro, money, type Micro } from '../money.ts'
import type { BudgetScope, BudgetTable, HoldTable } from './schema.ts'

/** Credits every new account is given once: $5.00. */
export const SIGNUP_GRANT: Micro = micro(5_000_000)

/** Below this available balance (strictly) people and agents are warned: $1.00. */
export const LOW_BALANCE: Micro = micro(1_000_000)

/** UTC calendar day of an instant: `2026-11-21`. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10)
}

/** UTC calendar month of a day: `2026-11`. */
export function monthOf(day: string): string {
  return day.slice(0, 7)
}

/** Caps in micro-dollars by scope; null is no cap. */
export type Caps = Record<BudgetScope, number | null>

/** The lower of two caps, of which null is none. */
export function lower(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b
  return Math.min(a, b)
}

export type BudgetKey = Pick<BudgetTable, 'id' | 'scope' | 'subject' | 'period'>

type BudgetOwner = Pick<HoldTable, 'account_id' | 'session_id' | 'key_id' | 'day'>

/** Every budget a hold counts against, in the order in which they are always written. */
export function budgetsOf({ account_id, session_id, key_id, day }: BudgetOwner): BudgetKey[] {
  const month = monthOf(day)
  const keys: [BudgetScope, string, string][] = [
    ['session', session_id, ''],
    ['day', account_id, day],
    ['month', account_id, month],
  ]
  if (key_id !== '')
    keys.push(['key_day', key_id, day], ['key_month', key_id, month], ['key_total', key_id, ''])
  return keys.map(([scope, subject, period]) => ({
    id: budgetId(scope, subject, period),
    scope,
    subject,
    period,
  }))
}

/** The id of a budget row: scope, owner and period. */
export function budgetId(scope: BudgetScope, subject: string, period: string): string {
  return [scope, subject, period].filter((part) => part !== '').join(':')
}

/** The available balance is below the price: names both ways out. */
export function insufficientCredits(required: number, available: number): AppError {
  return new AppError(
    'insufficient_credits',
    `Not enough credits. Required: ${display(required)}, Available: ${display(available)}.`,
    {
      hint: 'Run `inkwell billing buy --amount 10`, or set INKWELL_FAL_KEY to use your own fal.ai account.',
      facts: { required: money(required), available: money(available) },
    },
  )
}

const BUDGET_REFUSALS: Record<BudgetScope, { code: ErrorCode; name: string; hint: string }> = {
  session: {
    code: 'session_budget_exceeded',
    name: 'Session budget',
    hint: 'Choose a cheaper model or stop here: only the person who runs the server can change the budget (INKWELL_MAX_USD_PER_RUN), and only for a new session.',
  },
  day: {
    code: 'daily_budget_exceeded',
    name: 'Daily budget',
    hint: 'It starts anew at 00:00 UTC. The operator sets it with INKWELL_MAX_USD_PER_DAY.',
  },
  month: {
    code: 'monthly_limit_exceeded',
    name: 'Monthly limit',
    hint: 'It starts anew on the 1st, 00:00 UTC. The operator sets it with INKWELL_MONTHLY_LIMIT_USD.',
  },
  key_day: {
    code: 'key_budget_exceeded',
    name: 'Daily cap of this API key',
    hint: 'It starts anew at 00:00 UTC, or ask the owner of the account for another key.',
  },
  key_month: {
    code: 'key_budget_exceeded',
    name: 'Monthly cap of this API key',
    hint: 'It starts anew on the 1st, 00:00 UTC, or ask the owner of the account for another key.',
  },
  key_total: {
    code: 'key_budget_exceeded',
    name: 'Total cap of this API key',
    hint: 'Ask the owner of the account for another key.',
  },
}

export type BudgetUse = { cap: number; spent: number; held: number }

/** The call would take a budget above its cap. Equal to the cap is within it. */
export function budgetExceeded(scope: BudgetScope, required: number, use: BudgetUse): AppError {
  const { code, name, hint } = BUDGET_REFUSALS[scope]
  const message = `${name} exceeded: ${display(required)} would exceed ${display(use.cap)}. Spent so far: ${display(use.spent)}, held: ${display(use.held)}.`
  return new AppError(code, message, {
    hint,
    facts: {
      required: money(required),
      limit: money(use.cap),
      spent: money(use.spent),
      held: money(use.held),
      scope: scope.startsWith('key_') ? 'key' : scope,
    },
  })
}
