import type { TransactionBody } from '../db/db.ts'
import { raise } from '../alerts/outbox.ts'
import { budgetAlert } from '../alerts/thresholds.ts'
import { AppError } from '../errors.ts'
import { newId } from '../ids.ts'
import { micro } from '../money.ts'
import {
  chargeOf,
  heldRow,
  idempotencyConflict,
  movesCredits,
  NO_WORK,
  postEntry,
  replayed,
  settleBudgets,
  sumOf,
  type HoldRequest,
} from './post.ts'
import { accountRefusal } from './refusal.ts'
import { BudgetExceededError, budgetsOf, lowBalance, SIGNUP_GRANT, type Caps } from './rules.ts'
import {
  holdInAccount,
  insertAccount,
  lockAccount,
  NO_CHANGE,
  releaseInAccount,
} from './queries/account.ts'
import { findBudget, holdInBudgets } from './queries/budget.ts'
import { findEntry } from './queries/entry.ts'
import { findHold, insertHold, resolveHold } from './queries/hold.ts'
import { addToSums, takeFromSums } from './queries/sums.ts'

/**
 * The commands of the ledger, each a part of a transaction: a caller combines them with its own writes and
 * passes the whole to `db.write`. Every command is idempotent on its reference. Amounts are micro-dollars,
 * times (`at`) are milliseconds since 1970.
 */

/** Opens an account and posts the signup grant. Does nothing if the account is open already. */
export function* openAccount(id: string, name: string, at: number): TransactionBody<void> {
  const [opened] = yield* insertAccount({ id, name, created_at: at })
  if (opened === undefined) return
  yield* postEntry(
    { ...NO_CHANGE, account_id: id, granted: SIGNUP_GRANT, credited: SIGNUP_GRANT, at },
    {
      ...NO_WORK,
      id: newId('txn_topup', at),
      kind: 'grant',
      ref: `signup:${id}`,
      debit: 'grants',
      credit: 'customer',
      amount: SIGNUP_GRANT,
    },
  )
}

export type { HoldRequest }

/**
 * Reserves `amount` against the balance and every budget, or throws and changes nothing.
 * Work on the user's own key counts against the budgets only. An amount of 0 passes every cap.
 * Returns true for a new hold, false for a replay of the same request. Throws `insufficient_credits`,
 * `*_budget_exceeded`, `monthly_limit_exceeded`, and `idempotency_conflict` for another request under the same id.
 */
export function* hold(request: HoldRequest, caps: Caps): TransactionBody<boolean> {
  const row = heldRow(request)
  const [inserted] = yield* insertHold(row)
  if (inserted === undefined) {
    const [known] = yield* findHold({ id: row.id })
    if (known?.fingerprint === row.fingerprint) return false
    throw idempotencyConflict()
  }
  const { account_id, amount } = row
  // Work that moves no credits writes the account too: the lock on its row orders the writes that follow.
  const paid = movesCredits(row) ? amount : 0
  const [account] = yield* holdInAccount({ id: account_id, amount: paid, price: amount })
  if (account === undefined) throw yield* accountRefusal(account_id, amount)
  const budgets = budgetsOf(row).map((budget) => ({
    ...budget,
    account_id,
    cap: caps[budget.scope],
    amount,
  }))
  const within = yield* holdInBudgets(budgets)
  for (const { id: budget, cap, ...each } of budgets) {
    if (cap === null || within.has(budget) || amount === 0) continue
    const [use] = yield* findBudget({ id: budget })
    const { spent, held } = use ?? { spent: 0, held: 0 }
    throw new BudgetExceededError({ ...each, cap }, { spent, held })
  }
  const at = row.created_at
  yield* raise([
    ...lowBalance({ account_id, available: account.available, change: -paid, at }),
    ...budgets.flatMap((each) => budgetAlert({ ...each, used: within.get(each.id) ?? 0 }, at)),
  ])
  return true
}

/**
 * Turns a hold into a charge of `amount`, which is at most the held amount. The same write releases the rest.
 * Returns false for a replay of the same outcome. Throws `HoldError` if the hold is unknown, too small or ended
 * in another way.
 */
export function* capture(id: string, amount: number, at: number): TransactionBody<boolean> {
  const [held] = yield* resolveHold({
    id,
    state: 'captured',
    captured: micro(amount),
    resolved_at: at,
  })
  if (held === undefined) return yield* replayed(id, 'captured', amount)
  const { posting, entry } = chargeOf(held, id, amount, at)
  const { day } = yield* postEntry(posting, entry)
  yield* settleBudgets(held, amount)
  yield* addToSums(sumOf({ ...held, day, amount }))
  return true
}

/**
 * Gives a whole hold back, once: `released` if its work ended without a result, `expired` if its process was lost.
 * Returns false for a replay. Throws `HoldError` if the hold is unknown or ended in another way.
 */
export function* release(
  id: string,
  at: number,
  state: 'released' | 'expired' = 'released',
): TransactionBody<boolean> {
  const [held] = yield* resolveHold({ id, state, captured: 0, resolved_at: at })
  if (held === undefined) return yield* replayed(id, state, 0)
  yield* releaseInAccount({
    id: held.account_id,
    amount: movesCredits(held) ? held.amount : 0,
  })
  yield* settleBudgets(held, 0)
  return true
}

/**
 * Gives back the charge of a generation, once. Returns false if it was refunded before under another id. Budgets
 * still count the charge: a refund does not allow spending it again. Throws `not_found` if nothing was charged.
 */
export function* refund(
  accountId: string,
  generationId: string,
  at: number,
  id: string = newId('txn_refund', at),
): TransactionBody<boolean> {
  yield* lockAccount({ id: accountId }) // of two refunds at once, the second sees the first
  const [charge] = yield* findEntry({ ref: generationId, kind: 'capture' })
  const [held] = yield* findHold({ id: generationId })
  if (charge?.account_id !== accountId || held === undefined || !movesCredits(charge)) {
    throw new AppError('not_found', 'No charged generation has this id.', {
      hint: 'Only what was charged to this account can be given back.',
      localHint: '`inkwell usage history --json` lists it with its ids.',
    })
  }
  const [done] = yield* findEntry({ ref: generationId, kind: 'refund' })
  if (done !== undefined) return done.id === id
  const { amount } = charge
  yield* postEntry(
    { ...NO_CHANGE, account_id: accountId, spent: -amount, credited: amount, at },
    {
      ...charge,
      id,
      kind: 'refund',
      debit: 'revenue',
      credit: 'customer',
    },
    charge.day,
  )
  yield* takeFromSums(sumOf({ ...held, day: charge.day, amount }))
  return true
}
