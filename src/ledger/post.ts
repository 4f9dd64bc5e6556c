import { firstOrThrow, type Unit } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { micro } from '../money.ts'
import { budgetsOf, dayOf } from './rules.ts'
import type { EntryTable, HoldState, HoldTable } from '../db/schema/ledger.ts'
import { NO_CHANGE, postToAccount, type AccountState, type Posting } from './queries/account.ts'
import { settleInBudgets } from './queries/budget.ts'
import { insertEntry } from './queries/entry.ts'
import { findHold, type EndedHold } from './queries/hold.ts'

/** What an entry says about work; a grant says nothing. */
export type About = Pick<
  EntryTable,
  'billing' | 'operation' | 'model' | 'modality' | 'provider' | 'session_id' | 'key_id'
>

export const NO_WORK: About = {
  billing: 'credits',
  operation: null,
  model: null,
  modality: null,
  provider: null,
  session_id: null,
  key_id: null,
}

export type NewEntry = About &
  Pick<EntryTable, 'id' | 'kind' | 'ref' | 'debit' | 'credit' | 'amount'>

/**
 * Changes the account and writes the entry that says so, numbered under the account's own lock.
 * It counts on its own day unless another is given.
 */
export function* postEntry(posting: Posting, entry: NewEntry, day?: string): Unit<EntryTable> {
  const row = entryOf(firstOrThrow(yield* postToAccount(posting)), posting, entry, day)
  yield* insertEntry(row)
  return row
}

/** The entry that says how an account came to be so. */
export function entryOf(
  after: AccountState,
  { account_id }: Posting,
  entry: NewEntry,
  day: string = dayOf(after.last_at),
): EntryTable {
  return {
    id: entry.id,
    kind: entry.kind,
    ref: entry.ref,
    debit: entry.debit,
    credit: entry.credit,
    amount: entry.amount,
    billing: entry.billing,
    operation: entry.operation,
    model: entry.model,
    modality: entry.modality,
    provider: entry.provider,
    session_id: entry.session_id,
    key_id: entry.key_id,
    account_id,
    seq: after.entries,
    at: after.last_at,
    day,
    balance_after: after.available + after.held - after.debt,
    held_after: after.held,
  }
}

export type HoldRequest = Omit<HoldTable, 'state' | 'captured' | 'resolved_at' | 'day'>

/** A hold as it begins: counted on the UTC day on which it was asked for. */
export function heldRow(request: HoldRequest): HoldTable {
  return {
    ...request,
    amount: micro(request.amount),
    day: dayOf(request.created_at),
    state: 'held',
    captured: null,
    resolved_at: null,
  }
}

/** What the capture of a hold posts: the charge, and what is left of the hold back. */
export function chargeOf(
  held: EndedHold,
  id: string,
  amount: number,
  at: number,
): { posting: Posting; entry: NewEntry } {
  const moves = movesCredits(held)
  const own = held.billing === 'own_key'
  return {
    posting: {
      ...NO_CHANGE,
      account_id: held.account_id,
      held: moves ? -held.amount : 0,
      spent: moves ? amount : 0,
      credited: moves ? held.amount - amount : 0,
      at,
    },
    entry: {
      ...held,
      id,
      kind: 'capture',
      ref: id,
      amount,
      debit: own ? 'own_key' : 'customer',
      credit: own ? 'upstream' : 'revenue',
    },
  }
}

/** Only work on credits moves the balance; own-key work is counted, not paid. */
export function movesCredits({ billing, amount }: Pick<HoldTable, 'billing' | 'amount'>): boolean {
  return billing === 'credits' && amount > 0
}

/** Ends a hold in each of its budgets: nothing held any more, `captured` spent. */
export function* settleBudgets(held: EndedHold, captured: number): Unit<void> {
  const [b1 = '', b2 = '', b3 = '', b4 = '', b5 = '', b6 = ''] = budgetsOf(held).map(({ id }) => id)
  yield* settleInBudgets({ b1, b2, b3, b4, b5, b6, amount: held.amount, captured })
}

/** False where a hold already ended just so. Throws where it is unknown, too small or ended otherwise. */
export function* replayed(id: string, state: HoldState, captured: number): Unit<false> {
  const [hold] = yield* findHold({ id })
  if (hold?.state === state && hold.captured === captured) return false
  throw new HoldError(id, hold?.state, hold?.amount)
}

/** A hold is not in the state that its command needs: a race lost to another process, or a bug. */
export class HoldError extends Error {
  override readonly name = 'HoldError'

  constructor(id: string, state: HoldState | undefined, amount: number | undefined) {
    super(`hold ${id} is ${state ?? 'unknown'} (${amount ?? 0} micro)`)
  }
}

/** The same id or key with another request. */
export function idempotencyConflict(): AppError {
  return new AppError(
    'idempotency_conflict',
    'This idempotencyKey was used with other arguments.',
    {
      hint: 'Repeat the first call exactly to get its result, or use another key for another image.',
    },
  )
}
