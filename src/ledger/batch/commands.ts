import { requireBatchable, type Unit } from '../../db/db.ts'
import { chargeOf, entryOf, heldRow, movesCredits, type HoldRequest } from '../post.ts'
import { budgetsOf, type Caps } from '../rules.ts'
import type { EntryTable, HoldTable } from '../../db/schema/ledger.ts'
import { accountAfter, type AccountState } from '../queries/account.ts'
import type { EndedHold, Ending } from '../queries/hold.ts'
import * as sets from './queries.ts'

/**
 * `hold`, `capture` and `release` for many orders, in as many statements as one order takes. They write the same
 * rows in the same order, and only what needs no word: what would be refused or is a replay is set apart.
 */

export type HoldOrder = { request: HoldRequest; caps: Caps }
export type CaptureOrder = { id: string; amount: number; at: number }
export type ReleaseOrder = { id: string; at: number; state: 'released' | 'expired' }

/** A cap in which nothing fits, for a budget whose holds come with different caps: each is to be compared with its own. */
const DIFFERENT = -1

/** As `hold`, where all of them are new and fit together. */
export function* holdAll(orders: readonly HoldOrder[]): Unit<boolean[]> {
  const rows = orders.map(({ request }) => heldRow(request))
  const inserted = idsOf(yield* sets.insertHolds(sets.asRows(rows.toSorted(byId))))
  requireBatchable(rows, ({ id }) => inserted.delete(id)) // false for the second with one id

  const paying = idsOf(yield* sets.holdInAccounts(sets.asRows(creditsOf(rows))))
  requireBatchable(rows, ({ account_id }) => paying.has(account_id))

  const counted = orders.flatMap(({ request, caps }) => budgetRows(heldRow(request), caps))
  const budgets = merged(counted, idOf, (sum, { cap, held }) => ({
    ...sum,
    cap: sum.cap === cap ? cap : DIFFERENT,
    held: sum.held + held,
  }))
  const within = idsOf(yield* sets.holdInBudgetRows(sets.asRows(budgets)))
  requireBatchable(rows, (row) => budgetsOf(row).every(({ id }) => within.has(id)))
  return orders.map(() => true)
}

/** As `capture`, where every hold is open and large enough. */
export function* captureAll(orders: readonly CaptureOrder[]): Unit<boolean[]> {
  const ended = yield* endAll(
    orders.map(({ id, amount, at }) => {
      return { id, state: 'captured', captured: amount, resolved_at: at }
    }),
  )
  const charges = ended.map((hold) => chargeOf(hold, hold.id, hold.captured, hold.resolved_at))
  const postings = charges.map(({ posting }) => ({ ...posting, entries: 1 }))
  const sums = merged(postings, accountOf, (sum, { held, spent, credited, at }) => ({
    ...sum,
    held: sum.held + held,
    spent: sum.spent + spent,
    credited: sum.credited + credited,
    entries: sum.entries + 1,
    at: Math.max(sum.at, at),
  }))
  const accounts = new Map<string, AccountState>()
  for (const account of yield* sets.postToAccounts(sets.asRows(sums)))
    accounts.set(account.id, account)
  const entries = charges.map(({ posting, entry }) => {
    const account = accountAfter(accounts.get(posting.account_id), posting)
    accounts.set(posting.account_id, account)
    return entryOf(account, posting, entry)
  })
  yield* settleAll(ended)
  yield* sets.insertEntries(sets.asRows(entries))
  yield* sets.addToUsageDays(sets.asRows(usageRows(entries)))
  return orders.map(() => true)
}

/** As `release`, where every hold is open. */
export function* releaseAll(orders: readonly ReleaseOrder[]): Unit<boolean[]> {
  const ended = yield* endAll(
    orders.map(({ id, at, state }) => ({ id, state, captured: 0, resolved_at: at })),
  )
  yield* sets.releaseInAccounts(sets.asRows(creditsOf(ended)))
  yield* settleAll(ended)
  return orders.map(() => true)
}

/** Ends all these holds. */
function* endAll(endings: readonly Ending[]): Unit<(EndedHold & Ending)[]> {
  const open = new Map(
    (yield* sets.resolveHolds(sets.asRows(endings))).map((hold) => [hold.id, hold]),
  )
  const ended: (EndedHold & Ending)[] = []
  requireBatchable(endings, (ending) => {
    const hold = open.get(ending.id)
    if (hold !== undefined) ended.push({ ...hold, ...ending })
    return open.delete(ending.id) // false for the second with one id
  })
  return ended
}

/** As `settleBudgets`. */
function* settleAll(ended: readonly (EndedHold & Ending)[]): Unit<void> {
  const settled = ended.flatMap((hold) =>
    budgetsOf(hold).map(({ id }) => ({ id, amount: hold.amount, captured: hold.captured })),
  )
  const sums = merged(settled, idOf, (sum, { amount, captured }) => ({
    ...sum,
    amount: sum.amount + amount,
    captured: sum.captured + captured,
  }))
  yield* sets.settleInBudgetRows(sets.asRows(sums))
}

/** What holds keep back of each account. */
function creditsOf(holds: readonly Pick<HoldTable, 'account_id' | 'billing' | 'amount'>[]) {
  const rows = holds.map((hold) => ({
    id: hold.account_id,
    amount: movesCredits(hold) ? hold.amount : 0,
  }))
  return merged(rows, idOf, (sum, { amount }) => ({ ...sum, amount: sum.amount + amount }))
}

/** What a hold adds to each of its budgets. */
function budgetRows(row: HoldTable, caps: Caps) {
  return budgetsOf(row).map((budget) => ({
    ...budget,
    account_id: row.account_id,
    cap: caps[budget.scope],
    held: row.amount,
    spent: 0,
  }))
}

/** What entries of captures add to the daily roll-up. */
function usageRows(entries: readonly EntryTable[]) {
  const rows = entries.map((entry) => ({ ...entry, count: 1 }))
  const keyOf = (row: EntryTable): string =>
    JSON.stringify([
      row.account_id,
      row.day,
      row.key_id,
      row.model,
      row.operation,
      row.modality,
      row.billing,
    ])
  return merged(rows, keyOf, (sum, { amount }) => ({
    ...sum,
    count: sum.count + 1,
    amount: sum.amount + amount,
  }))
}

/** One row for each key, made of all that have it. */
function merged<T>(rows: readonly T[], keyOf: (row: T) => string, add: (sum: T, row: T) => T): T[] {
  const sums = new Map<string, T>()
  for (const row of rows) {
    const sum = sums.get(keyOf(row))
    sums.set(keyOf(row), sum === undefined ? row : add(sum, row))
  }
  return [...sums.values()]
}

const idOf = ({ id }: { id: string }): string => id
const accountOf = ({ account_id }: { account_id: string }): string => account_id
const idsOf = (rows: readonly { id: string }[]): Set<string> => new Set(rows.map(idOf))
const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1)
