import { raise } from '../../alerts/outbox.ts'
import { budgetAlert } from '../../alerts/thresholds.ts'
import { requireBatchable, type TransactionBody } from '../../db/db.ts'
import { chargeOf, entryOf, heldRow, movesCredits, sumOf, type HoldRequest } from '../post.ts'
import { budgetsOf, lowBalance, type Caps } from '../rules.ts'
import type { EntryTable, HoldTable } from '../../db/schema/ledger.ts'
import { accountAfter, type AccountState } from '../queries/account.ts'
import type { EndedHold, Ending } from '../queries/hold.ts'
import type { Sum } from '../queries/sums.ts'
import { merged } from './merged.ts'
import { addAllToSums } from './sums.ts'
import * as queries from './queries.ts'

/**
 * `hold`, `capture` and `release` for a batch of calls, in as many statements as one call takes. They write the same
 * rows in the same order. They handle only new, permitted items: `NotBatchable` removes refusals and replays, which
 * then run one by one. Amounts are micro-dollars, times are milliseconds since 1970.
 */

export type HoldArgs = { request: HoldRequest; caps: Caps }
export type CaptureArgs = { id: string; amount: number; at: number }
export type ReleaseArgs = { id: string; at: number; state: 'released' | 'expired' }

/**
 * The cap of a budget whose holds name different caps. Nothing fits under −1, so they run one by one, each against its
 * own cap.
 */
const MIXED_CAPS = -1

/** As `hold`. Throws `NotBatchable` with those that are not new, or that do not fit together. */
export function* holdAll(batch: readonly HoldArgs[]): TransactionBody<boolean[]> {
  const rows = batch.map(({ request }) => heldRow(request))
  const inserted = idsOf(yield* queries.insertHolds(rows.toSorted(byId)))
  requireBatchable(rows, ({ id }) => inserted.delete(id)) // false for a second item with the same id

  const credits = creditsOf(rows)
  const covered = byIdOf(yield* queries.holdInAccounts(credits))
  requireBatchable(rows, ({ account_id }) => covered.has(account_id))

  const counted = batch.flatMap(({ request, caps }) => budgetRows(heldRow(request), caps))
  const budgets = merged(counted, idOf, (sum, { cap, held }) => ({
    ...sum,
    cap: sum.cap === cap ? cap : MIXED_CAPS,
    held: sum.held + held,
  }))
  const within = byIdOf(yield* queries.holdInBudgetRows(budgets))
  requireBatchable(rows, (row) => budgetsOf(row).every(({ id }) => within.has(id)))

  const at = Math.max(...rows.map(({ created_at }) => created_at))
  yield* raise([
    ...credits.flatMap(({ id: account_id, amount }) =>
      lowBalance({
        account_id,
        available: covered.get(account_id)?.available ?? 0,
        change: -amount,
        at,
      }),
    ),
    ...budgets.flatMap((each) =>
      budgetAlert({ ...each, amount: each.held, used: within.get(each.id)?.used ?? 0 }, at),
    ),
  ])
  return batch.map(() => true)
}

/** As `capture`. Throws `NotBatchable` with those whose hold is not open or is too small. */
export function* captureAll(batch: readonly CaptureArgs[]): TransactionBody<boolean[]> {
  const ended = yield* endAll(
    batch.map(({ id, amount, at }) => {
      return { id, state: 'captured', captured: amount, resolved_at: at }
    }),
  )
  const charges = ended.map((held) => {
    return { held, ...chargeOf(held, held.id, held.captured, held.resolved_at) }
  })
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
  for (const account of yield* queries.lockAccounts(sums.map(({ account_id: id }) => ({ id }))))
    accounts.set(account.id, account)
  yield* queries.postSums(sums)
  const entries: EntryTable[] = []
  const sumsOfCharges: Sum[] = []
  for (const { held, posting, entry } of charges) {
    const account = accountAfter(accounts.get(posting.account_id), posting)
    accounts.set(posting.account_id, account)
    const row = entryOf(account, posting, entry)
    entries.push(row)
    sumsOfCharges.push(sumOf({ ...held, day: row.day, amount: row.amount }))
  }
  yield* settleAll(ended)
  yield* queries.insertEntries(entries)
  yield* addAllToSums(sumsOfCharges)
  return batch.map(() => true)
}

/** As `release`. Throws `NotBatchable` with those whose hold is not open. */
export function* releaseAll(batch: readonly ReleaseArgs[]): TransactionBody<boolean[]> {
  const ended = yield* endAll(
    batch.map(({ id, at, state }) => ({ id, state, captured: 0, resolved_at: at })),
  )
  yield* queries.releaseInAccounts(creditsOf(ended))
  yield* settleAll(ended)
  return batch.map(() => true)
}

/** Ends these holds. Throws `NotBatchable` with those that cannot end so. */
function* endAll(endings: readonly Ending[]): TransactionBody<(EndedHold & Ending)[]> {
  const open = new Map((yield* queries.resolveHolds(endings)).map((hold) => [hold.id, hold]))
  const ended: (EndedHold & Ending)[] = []
  requireBatchable(endings, (ending) => {
    const hold = open.get(ending.id)
    if (hold !== undefined) ended.push({ ...hold, ...ending })
    return open.delete(ending.id) // false for a second item with the same id
  })
  return ended
}

/** As `settleBudgets`, for many holds. */
function* settleAll(ended: readonly (EndedHold & Ending)[]): TransactionBody<void> {
  const settled = ended.flatMap((hold) =>
    budgetsOf(hold).map(({ id }) => ({
      id,
      account_id: hold.account_id,
      amount: hold.amount,
      captured: hold.captured,
    })),
  )
  const sums = merged(settled, idOf, (sum, { amount, captured }) => ({
    ...sum,
    amount: sum.amount + amount,
    captured: sum.captured + captured,
  }))
  yield* queries.settleInBudgetRows(sums)
}

/** The credits that these holds reserve in each account, and the largest price among them. */
function creditsOf(holds: readonly Pick<HoldTable, 'account_id' | 'billing' | 'amount'>[]) {
  const rows = holds.map((hold) => ({
    id: hold.account_id,
    amount: movesCredits(hold) ? hold.amount : 0,
    price: hold.amount,
  }))
  return merged(rows, idOf, (sum, { amount, price }) => ({
    ...sum,
    amount: sum.amount + amount,
    price: Math.max(sum.price, price),
  }))
}

/** The rows that add a hold to each of its budgets. */
function budgetRows(row: HoldTable, caps: Caps) {
  return budgetsOf(row).map((budget) => ({
    ...budget,
    account_id: row.account_id,
    cap: caps[budget.scope],
    held: row.amount,
    spent: 0,
  }))
}

const idOf = ({ id }: { id: string }): string => id
const accountOf = ({ account_id }: { account_id: string }): string => account_id
const idsOf = (rows: readonly { id: string }[]): Set<string> => new Set(rows.map(idOf))
const byIdOf = <T extends { id: string }>(rows: readonly T[]): Map<string, T> =>
  new Map(rows.map((row) => [row.id, row]))
const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1)
