import { execute, preparedQuery, type QueryBuilder, type TransactionBody } from '../../db/db.ts'
import type { BudgetKey } from '../../db/schema/ledger.ts'
import { memoize } from '../../once.ts'

type BudgetHold = BudgetKey & { account_id: string; cap: number | null; amount: number }

const FIELDS = ['id', 'account_id', 'scope', 'subject', 'period', 'cap', 'amount'] as const

/** The columns that a hold or several holds add to a budget. */
export type BudgetSum = Omit<BudgetHold, 'amount'> & { held: number }

/** As `holdInBudgets`, for one budget. Returns no row if too little is left. */
export const holdInBudget = (row: BudgetSum): ReturnType<ReturnType<typeof upsertOf>> => {
  return upsertOne(FIELDS.map((field) => (field === 'amount' ? row.held : row[field])))
}

/**
 * Counts a hold against its budgets in one write, and creates their rows at first use. Returns by id what is now used
 * of each budget with enough left; a missing id means that the hold would exceed that cap. Amounts are micro-dollars.
 */
export function* holdInBudgets(holds: readonly BudgetHold[]): TransactionBody<Map<string, number>> {
  const within = yield* upsertFor(holds.length)(
    holds.flatMap((hold) => FIELDS.map((field) => hold[field])),
  )
  return new Map(within.map(({ id, used }) => [id, used]))
}

function upsertOf(count: number) {
  return preparedQuery((db, p: readonly (string | number | null)[], sql) => {
    const rows = Array.from({ length: count }, (_, index) => {
      const of = (field: (typeof FIELDS)[number]) =>
        p[index * FIELDS.length + FIELDS.indexOf(field)]
      return sql`(${of('id')}, ${of('account_id')}, ${of('scope')}, ${of('subject')}, ${of('period')},
        cast(${of('cap')} as bigint), cast(${of('amount')} as bigint))`
    })
    const upsert = sql<{ id: string; used: number }>`
      insert into budget (id, account_id, scope, subject, period, cap, held, spent)
      select column1, column2, column3, column4, column5, column6, column7, 0 from (values ${sql.join(rows)}) as asked
      where column6 is null or column7 <= column6
      on conflict (id, account_id) do update set cap = excluded.cap, held = budget.held + excluded.held
      where excluded.cap is null or budget.held + budget.spent + excluded.held <= excluded.cap
      returning id, held + spent as used`
    return { compile: () => upsert.compile(db) }
  })
}

/** Each number of budgets has a statement of its own. */
const upsertFor = memoize(upsertOf)
const upsertOne = upsertFor(1)

export const findBudget = preparedQuery((db, p: { id: string }) =>
  db.selectFrom('budget').selectAll().where('id', '=', p.id),
)

type Settlement = { account_id: string; amount: number; captured: number }

/** As `settleInBudgets`, for one budget. */
export const settleInBudget = execute((db, p: Settlement & { id: string }) =>
  settled(db, p).where('id', '=', p.id),
)

/** Ends a hold in all its budgets: `amount` is no longer held, `captured` is spent (micro-dollars). */
export function* settleInBudgets(
  ids: readonly string[],
  settlement: Settlement,
): TransactionBody<void> {
  const { account_id, amount, captured } = settlement
  yield* settleFor(ids.length)([account_id, amount, captured, ...ids])
}

type SettlementList = readonly [
  account_id: string,
  amount: number,
  captured: number,
  ...ids: string[],
]

const settleFor = memoize((count: number) =>
  execute((db, p: SettlementList) =>
    settled(db, { account_id: p[0], amount: p[1], captured: p[2] }).where(
      'id',
      'in',
      Array.from({ length: count }, (_, at) => p[at + 3] as string),
    ),
  ),
)

function settled(db: QueryBuilder, p: Settlement) {
  return db
    .updateTable('budget')
    .set((eb) => ({ held: eb('held', '-', p.amount), spent: eb('spent', '+', p.captured) }))
    .where('account_id', '=', p.account_id)
}
