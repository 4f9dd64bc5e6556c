import * as z from 'zod'
import { money, type Money } from '../money.ts'
import type { BudgetStatus, AccountStatus } from './account-status.ts'

/** The money object, in every result with an amount. */
export const MoneyShape = z.object({
  micro: z.number(),
  display: z.string(),
  currency: z.literal('USD'),
})

/** The limit with the least remaining. */
export const BindingShape = z.object({
  scope: z.enum(['session', 'day', 'month', 'key', 'group']),
  limit: MoneyShape,
  remaining: MoneyShape,
})

export const BudgetShape = z.object({
  spent: MoneyShape,
  held: MoneyShape,
  limit: MoneyShape.nullable(),
  remaining: MoneyShape.nullable(),
})

export const SessionShape = BudgetShape.extend({ id: z.string().nullable() })

/** The budget of a day or month. `resetsAt` is in ISO 8601. */
export const PeriodShape = z.object({
  limit: MoneyShape.nullable(),
  used: MoneyShape,
  remaining: MoneyShape.nullable(),
  resetsAt: z.string(),
})

/** Converts micro-dollars to a money object; null stays null. */
export function moneyOrNull(amount: number | null): Money | null {
  return amount === null ? null : money(amount)
}

/** Converts the budget of a session to its result form. */
export function showBudget({
  limit,
  spent,
  held,
  remaining,
}: BudgetStatus): z.infer<typeof BudgetShape> {
  return {
    spent: money(spent),
    held: money(held),
    limit: moneyOrNull(limit),
    remaining: moneyOrNull(remaining),
  }
}

/** Converts the budget of a period to its result form. Held amounts count as used. */
export function showPeriod(
  { limit, spent, held, remaining }: BudgetStatus,
  resetsAt: string,
): z.infer<typeof PeriodShape> {
  return {
    limit: moneyOrNull(limit),
    used: money(spent + held),
    remaining: moneyOrNull(remaining),
    resetsAt,
  }
}

/** Converts the limit with the least remaining to its result form. */
export function showBinding(
  binding: NonNullable<AccountStatus['binding']>,
): z.infer<typeof BindingShape> {
  const { scope, limit, remaining } = binding
  return { scope, limit: money(limit ?? 0), remaining: money(remaining ?? 0) }
}
