import { query, type TransactionBody } from '../../db/db.ts'
import type { AccountTable, BudgetTable, HoldTable, UsageDayTable } from '../../db/schema/ledger.ts'
import { movesCredits } from '../post.ts'
import { budgetsOf } from '../rules.ts'
import { broken } from './broken.ts'
import { NO_ENTRIES, usageKey, type Totals } from './totals.ts'

/** Rows read at a time. */
const PAGE = 1_000

/** Reads a table page by page, in the order of its keys. */
function* allRows<R>(
  pageAfter: (last: R | undefined, limit: number) => TransactionBody<R[]>,
  each: (row: R) => TransactionBody<void> | void,
): TransactionBody<void> {
  for (let last: R | undefined, full = true; full;) {
    const page: R[] = yield* pageAfter(last, PAGE)
    for (const row of page) {
      const steps = each(row)
      if (steps !== undefined) yield* steps
    }
    last = page.at(-1)
    full = page.length === PAGE
  }
}

/** An account, and the number of its last entry. */
export type AccountRow = AccountTable & { last_entry: number | null }

/** Calls `each` with every account, in the order of their ids, or with the one that `only` names. */
export function* allAccounts(
  each: (account: AccountRow) => TransactionBody<void> | void,
  only?: string,
): TransactionBody<void> {
  const pageAfter = (last: AccountRow | undefined, limit: number) =>
    query((db, sql) => {
      const rest = db
        .selectFrom('account')
        .selectAll()
        .select((eb) =>
          eb
            .selectFrom('entry')
            .select(sql<number | null>`max(seq)`.as('last'))
            .whereRef('entry.account_id', '=', 'account.id')
            .as('last_entry'),
        )
        .where('id', '>', last?.id ?? '')
        .orderBy('id')
        .limit(limit)
      return only === undefined ? rest : rest.where('id', '=', only)
    })
  yield* allRows<AccountRow>(pageAfter, each)
}

/** What is proven: what the entries add up to, what is held, and the one account that it is about; all without one. */
export type Proven = { totals: Totals; open: OpenHolds; accountId: string | undefined }

/** What is held: by account, in credits, and by budget. Micro-dollars. */
export type OpenHolds = { accounts: Map<string, number>; budgets: Map<string, number> }

/** Adds up the open holds, of all accounts or of one. There are as many as work is in progress. */
export function* openHolds(accountId?: string): TransactionBody<OpenHolds> {
  const sums: OpenHolds = { accounts: new Map(), budgets: new Map() }
  const add = (to: Map<string, number>, id: string, amount: number): void =>
    void to.set(id, (to.get(id) ?? 0) + amount)
  const holds: HoldTable[] = yield* query((db) => {
    const all = db.selectFrom('hold').selectAll().where('state', '=', 'held')
    return accountId === undefined ? all : all.where('account_id', '=', accountId)
  })
  for (const hold of holds) {
    if (movesCredits(hold)) add(sums.accounts, hold.account_id, hold.amount)
    for (const { id } of budgetsOf(hold)) add(sums.budgets, id, hold.amount)
  }
  return sums
}

/** Proves the columns of every account. */
export function* proveAccounts({ totals, open, accountId }: Proven): TransactionBody<void> {
  const unseen = new Set(totals.accounts.keys())
  yield* allAccounts((account) => {
    unseen.delete(account.id)
    proveAccount(account, totals, open)
  }, accountId)
  for (const id of unseen) broken('I7', { id, entries: null })
}

function proveAccount(account: AccountRow, totals: Totals, open: OpenHolds): void {
  const { id, available, held, spent, granted, purchased, clawed_back, debt } = account
  const sums = totals.accounts.get(id) ?? NO_ENTRIES
  if (available + held + spent !== granted + purchased - clawed_back + debt)
    broken('I1', { id, available, held, spent })
  if (Math.min(available, held, spent, debt) < 0 || (debt > 0 && available > 0))
    broken('I2', { id, available, held, spent, debt })
  const holds = open.accounts.get(id) ?? 0
  if (held !== holds) broken('I3', { id, held, holds })
  if (spent !== sums.spent) broken('I4', { id, spent, entries: sums.spent })
  if (account.entries !== sums.seq) broken('I7', { id, entries: account.entries, last: sums.seq })
  if (granted !== sums.granted) broken('I11', { id, granted, grants: sums.granted })
  if (purchased !== sums.purchased || clawed_back !== sums.clawedBack)
    broken('I12', { id, purchased, clawed_back, bought: sums.purchased, taken: sums.clawedBack })
  const balance = available + held - debt
  if (balance !== sums.balance) broken('I14', { id, balance, balance_after: sums.balance })
}

type BudgetRow = Pick<BudgetTable, 'id' | 'cap' | 'held' | 'spent'>

/** Proves every budget. */
export function* proveBudgets({ totals, open, accountId }: Proven): TransactionBody<void> {
  const unseen = nonZero([...open.budgets, ...totals.budgets])
  yield* allRows(
    (last: BudgetRow | undefined, limit) =>
      query((db) => {
        const rest = db
          .selectFrom('budget')
          .select(['id', 'cap', 'held', 'spent'])
          .where('id', '>', last?.id ?? '')
          .orderBy('id')
          .limit(limit)
        return accountId === undefined ? rest : rest.where('account_id', '=', accountId)
      }),
    ({ id, cap, held, spent }) => {
      unseen.delete(id)
      const holds = open.budgets.get(id) ?? 0
      const captures = totals.budgets.get(id) ?? 0
      const isOver = cap !== null && held + spent > cap
      if (held !== holds || spent !== captures || isOver)
        broken('I9', { id, cap, held, spent, holds, captures })
    },
  )
  for (const id of unseen) broken('I9', { id, held: null, spent: null })
}

/** Proves the daily roll-up. */
export function* proveUsage({ totals, accountId }: Proven): TransactionBody<void> {
  const unseen = nonZero([...totals.usage].map(([key, { count }]) => [key, count]))
  const rows = (last: UsageDayTable | undefined, limit: number) =>
    usageAfter(last, { limit, accountId })
  yield* allRows(rows, (row) => {
    const key = usageKey(row)
    unseen.delete(key)
    const { count, amount } = totals.usage.get(key) ?? { count: 0, amount: 0 }
    if (row.count !== count || row.amount !== amount)
      broken('I10', { id: row.account_id, day: row.day, amount: row.amount, entries: amount })
  })
  for (const key of unseen) broken('I10', { key, amount: null })
}

function* usageAfter(
  last: UsageDayTable | undefined,
  { limit, accountId }: { limit: number; accountId: string | undefined },
): TransactionBody<UsageDayTable[]> {
  const key = ['account_id', 'day', 'key_id', 'model', 'operation', 'modality', 'billing'] as const
  return yield* query((db, sql) => ({
    compile: () => {
      const names = sql.join(key.map((name) => sql.ref(name)))
      const after =
        last === undefined
          ? sql`1 = 1`
          : sql`(${names}) > (${sql.join(key.map((name) => last[name]))})`
      const only = accountId === undefined ? sql`1 = 1` : sql`account_id = ${accountId}`
      return sql<UsageDayTable>`select * from usage_day where ${after} and ${only} order by ${names} limit ${sql.lit(limit)}`.compile(
        db,
      )
    },
  }))
}

function nonZero(amounts: readonly (readonly [string, number])[]): Set<string> {
  return new Set(amounts.flatMap(([id, amount]) => (amount === 0 ? [] : [id])))
}
