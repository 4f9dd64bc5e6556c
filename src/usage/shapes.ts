import { z } from 'zod'
import { display, money, type Money } from '../money.ts'
import type { BudgetStatus, AccountStatus } from './account-status.ts'

/** The money object, in every answer that has an amount. */
export const MoneyShape = z.object({
  micro: z.number(),
  display: z.string(),
  currency: z.literal('USD'),
})

/** An amount in a list, where a currency in every line says nothing new. */
export const CostShape = MoneyShape.omit({ currency: true })

/** The limit that binds, of all there are. */
export const BindingShape = z.object({
  scope: z.enum(['session', 'day', 'month', 'key']),
  limit: CostShape,
  remaining: CostShape,
})

export const BudgetShape = z.object({
  spent: MoneyShape,
  held: MoneyShape,
  limit: MoneyShape.nullable(),
  remaining: MoneyShape.nullable(),
})

export const SessionShape = BudgetShape.extend({ id: z.string().nullable() })

export const PeriodShape = z.object({
  limit: MoneyShape.nullable(),
  used: MoneyShape,
  remaining: MoneyShape.nullable(),
  resetsAt: z.string(),
})

/** The short form of an amount. */
export function showCost(amount: number): z.infer<typeof CostShape> {
  return { micro: amount, display: display(amount) }
}

/** An amount that may be absent, such as the limit of a budget without a cap. */
export function moneyOrNull(amount: number | null): Money | null {
  return amount === null ? null : money(amount)
}

/** The session's budget as every result shows it. */
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

/** A budget with a period: what is held counts as used. */
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

/** The limit that binds, as results show it. */
export function showBinding(
  binding: NonNullable<AccountStatus['binding']>,
): z.infer<typeof BindingShape> {
  const { scope, limit, remaining } = binding
  return { scope, limit: showCost(limit ?? 0), remaining: showCost(remaining ?? 0) }
}
