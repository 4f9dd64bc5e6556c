import type { BudgetKey } from '../db/schema/ledger.ts'
import type { NewAlert } from './alert.ts'

/** How much of a budget is used when people are told, in percent. */
const PERCENTS = [100, 80, 50] as const

/** A budget and a hold of `amount`, in micro-dollars: `used` is spent or held, by this hold too unless it was refused. */
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
export function budgetAlert(budget: HeldBudget, at: number): NewAlert[] {
  const { cap, amount, used } = budget
  if (cap === null) return []
  const threshold = PERCENTS.find((percent) => used * 100 >= cap * percent)
  if (threshold === undefined || (used - amount) * 100 >= cap * threshold) return []
  return alertOf(budget, { threshold, cap, at })
}

/**
 * Returns the alert of a call of `amount` that a budget refused: people are told what they are told at 100 percent, once
 * for both. A call that would not even fit into the whole budget tells nothing of its use.
 */
export function refusalAlert(budget: HeldBudget, at: number): NewAlert[] {
  const { cap, amount } = budget
  if (cap === null || amount > cap) return []
  return alertOf(budget, { threshold: 100, cap, at }, amount)
}

function alertOf(
  { scope, subject, period, account_id, used }: HeldBudget,
  told: { threshold: number; cap: number; at: number },
  refused?: number,
): NewAlert[] {
  if (scope === 'session') return []
  const details = { scope, owner: subject, used, ...(refused !== undefined && { refused }) }
  const budget = { account_id, subject: `${scope}:${subject}`, period }
  return [{ kind: 'budget.threshold', ...budget, ...told, details }]
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
