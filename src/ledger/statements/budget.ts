import { statement } from '../../db/db.ts'
import type { BudgetScope } from '../schema.ts'

type BudgetHold = {
  id: string
  account_id: string
  scope: BudgetScope
  subject: string
  period: string
  cap: number | null
  amount: number
}

/** Counts a hold against a budget, making its row at first use. No row: it would pass the cap. */
export const holdInBudget = statement((db, p: BudgetHold, sql) =>
  db
    .insertInto('budget')
    .columns(['id', 'account_id', 'scope', 'subject', 'period', 'cap', 'held', 'spent'])
    .expression(
      db
        .selectNoFrom([
          sql<string>`${p.id}`.as('id'),
          sql<string>`${p.account_id}`.as('account_id'),
          sql<BudgetScope>`${p.scope}`.as('scope'),
          sql<string>`${p.subject}`.as('subject'),
          sql<string>`${p.period}`.as('period'),
          sql<number | null>`cast(${p.cap} as bigint)`.as('cap'),
          sql<number>`cast(${p.amount} as bigint)`.as('held'),
          sql<number>`0`.as('spent'),
        ])
        .where(sql<boolean>`cast(${p.cap} as bigint) is null or ${p.amount} <= ${p.cap}`),
    )
    .onConflict((on) =>
      on
        .column('id')
        .doUpdateSet((eb) => ({
          cap: eb.ref('excluded.cap'),
          held: sql<number>`budget.held + excluded.held`,
        }))
        .where(
          sql<boolean>`excluded.cap is null or budget.held + budget.spent + excluded.held <= excluded.cap`,
        ),
    )
    .returning('budget.id'),
)

export const findBudget = statement((db, p: { id: string }) =>
  db.selectFrom('budget').selectAll().where('id', '=', p.id),
)

/** The budgets of one hold, at most six; an unused place is empty. */
type Places = Record<'b1' | 'b2' | 'b3' | 'b4' | 'b5' | 'b6', string>

/** The same change in every budget of a hold: less held, and what was captured spent. */
export const settleInBudgets = statement((db, p: Places & { amount: number; captured: number }) =>
  db
    .updateTable('budget')
    .set((eb) => ({ held: eb('held', '-', p.amount), spent: eb('spent', '+', p.captured) }))
    .where('id', 'in', [p.b1, p.b2, p.b3, p.b4, p.b5, p.b6])
    .returning('id'),
)
