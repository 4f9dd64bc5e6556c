import type { BudgetKey } from '../db/schema/ledger.ts'
import type { NewAlert } from './alert.ts'

/** How much of a budget is used when people are told, in percent. */
const PERCENTS = [100, 80, 50] as const

/** A budget after a hold, in micro-dollars: `used` is spent or held, `amount` of it by this hold. */
export type HeldBudget = Pick<BudgetKey, 'scope' | 'subject' | 'period'> & {
  account_id: string
  cap: number | null
  amount: number
  used: number
}

/**
 * Returns the alert of a hold that takes a budget to a threshold, or beyond: the highest, if it passes several. Sessions
 * have none: they are short, and their agents read what is left with every answer. `at` is in milliseconds since 1970.
 */
export function budgetAlert(
  { scope, subject, period, account_id, cap, amount, used }: HeldBudget,
  at: number,
): NewAlert[] {
  if (cap === null || scope === 'session') return []
  const threshold = PERCENTS.find((percent) => used * 100 >= cap * percent)
  if (threshold === undefined || (used - amount) * 100 >= cap * threshold) return []
  return [
    {
      kind: 'budget.threshold',
      account_id,
      subject: `${scope}:${subject}`,
      period,
      threshold,
      cap,
      at,
      details: { scope, owner: subject, used },
    },
  ]
}

/** A balance after a change of `change`, in micro-dollars; `at` is in milliseconds since 1970. */
export type ChangedBalance = { account_id: string; available: number; change: number; at: number }

/** Returns the alert of a balance that falls below an amount. It is raised once in a `period`. */
export function balanceAlert(
  { account_id, available, change, at }: ChangedBalance,
  { below, period }: { below: number; period: string },
): NewAlert[] {
  if (available >= below || available - change < below) return []
  return [{ kind: 'balance.low', account_id, period, at, details: { available, below } }]
}
