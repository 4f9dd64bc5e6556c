import { firstOrThrow, type TransactionBody } from '../db/db.ts'
import { raise } from '../alerts/outbox.ts'
import { AppError } from '../errors.ts'
import { micro } from '../money.ts'
import { budgetsOf, dayOf, entryTime, lowBalance, monthOf } from './rules.ts'
import type { EntryTable, HoldState, HoldTable, UsageDayTable } from '../db/schema/ledger.ts'
import { NO_CHANGE, postToAccount, type AccountState, type Posting } from './queries/account.ts'
import { settleInBudgets } from './queries/budget.ts'
import { insertEntry } from './queries/entry.ts'
import { findHold, type EndedHold } from './queries/hold.ts'
import type { Sum } from './queries/sums.ts'

/** The fields of an entry that describe the work it is for. */
export type WorkFields = Pick<
  EntryTable,
  'billing' | 'operation' | 'model' | 'modality' | 'provider' | 'session_id' | 'key_id'
>

/** The work fields of an entry without work, such as a grant. */
export const NO_WORK: WorkFields = {
  billing: 'credits',
  operation: null,
  model: null,
  modality: null,
  provider: null,
  session_id: null,
  key_id: null,
}

/** The fields of a new entry; the others follow from the account. `amount` in micro-dollars. */
export type NewEntry = WorkFields &
  Pick<EntryTable, 'id' | 'kind' | 'ref' | 'debit' | 'credit' | 'amount'>

/**
 * Changes the account and writes the matching entry, numbered under the lock on the account. The entry counts on
 * the UTC day it is written, or on `day` (`2026-11-21`) if given. Returns the entry.
 */
export function* postEntry(
  posting: Posting,
  entry: NewEntry,
  day?: string,
): TransactionBody<EntryTable> {
  const after = firstOrThrow(yield* postToAccount(posting))
  return yield* writeEntry(after, posting, entryOf(after, posting, entry, day))
}

/** Writes the entry of a posting that led to the state `after`, and tells of a balance that it made low. */
export function* writeEntry(
  { available }: AccountState,
  { account_id, credited: change, at }: Posting,
  row: EntryTable,
): TransactionBody<EntryTable> {
  yield* insertEntry(row)
  yield* raise(lowBalance({ account_id, available, change, at }))
  return row
}

/** Returns the entry that explains how an account came to the state `after`. */
export function entryOf(
  after: AccountState,
  { account_id, at: writtenAt }: Posting,
  entry: NewEntry,
  chargeDay?: string,
): EntryTable {
  const at = entryTime(writtenAt, after.last_at)
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
    at,
    day: chargeDay ?? dayOf(at),
    balance_after: after.available + after.held - after.debt,
    held_after: after.held,
  }
}

/** What `hold` needs: `amount` in micro-dollars, times in milliseconds since 1970. */
export type HoldRequest = Omit<HoldTable, 'state' | 'captured' | 'resolved_at' | 'day'>

/** Returns the row of a new hold. It counts on the UTC day of its request. */
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

/** Returns what the capture of a hold posts: the charge, and the release of the rest of the hold. */
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

/** Returns what the sums count of one charge of `amount` micro-dollars. */
export function sumOf(charge: Omit<UsageDayTable, 'count'> & { session_id: string }): Sum {
  return { ...charge, month: monthOf(charge.day), count: 1 }
}

/** Whether a hold moves the balance: work on an own key is counted but not paid with credits. */
export function movesCredits({ billing, amount }: Pick<HoldTable, 'billing' | 'amount'>): boolean {
  return billing === 'credits' && amount > 0
}

/** Ends a hold in each of its budgets: its amount is no longer held, `captured` (micro-dollars) is spent. */
export function* settleBudgets(held: EndedHold, captured: number): TransactionBody<void> {
  const ids = budgetsOf(held).map(({ id }) => id)
  const { account_id, amount } = held
  yield* settleInBudgets(ids, { account_id, amount, captured })
}

/**
 * Returns false if the hold already ended in this way. Throws `HoldError` if it is unknown, too small or ended
 * differently.
 */
export function* replayed(id: string, state: HoldState, captured: number): TransactionBody<false> {
  const [hold] = yield* findHold({ id })
  if (hold?.state === state && hold.captured === captured) return false
  throw new HoldError(id, hold?.state, hold?.amount)
}

/** A hold is not in the state that its command needs: another process was faster, or there is a bug. */
export class HoldError extends Error {
  override readonly name = 'HoldError'

  constructor(id: string, state: HoldState | undefined, amount: number | undefined) {
    super(`hold ${id} is ${state ?? 'unknown'} (${amount ?? 0} micro)`)
  }
}

/** The error for a known id or idempotency key with a different request. */
export function idempotencyConflict(): AppError {
  return new AppError(
    'idempotency_conflict',
    'This idempotencyKey was used with other arguments.',
    {
      hint: 'Repeat the first call exactly to get its result, or use another key for another image.',
    },
  )
}
