import type { TransactionBody } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { display, micro, money } from '../money.ts'
import { entryOf, NO_WORK, postEntry, writeEntry, type NewEntry } from './post.ts'
import { findAccount, NO_CHANGE, postIfAvailable, type Posting } from './queries/account.ts'

/**
 * What the operator gives to an account, or takes from it if `amount` is negative, in micro-dollars. `id` is that of the
 * entry, `ref` that of its act in the audit log, `at` is in milliseconds since 1970.
 */
export type Adjustment = { id: string; accountId: string; amount: number; ref: string; at: number }

/**
 * Gives credits to an account, or takes some that are available. An open debt is paid first. The account must be open.
 * Throws `insufficient_credits` if less is available than is to be taken.
 */
export function* adjust({ id, accountId, amount, ref, at }: Adjustment): TransactionBody<void> {
  const size = micro(Math.abs(amount))
  const gives = amount > 0
  const posting: Posting = {
    ...NO_CHANGE,
    account_id: accountId,
    ...(gives ? { granted: size } : { clawed_back: size }),
    credited: amount,
    at,
  }
  const entry: NewEntry = {
    ...NO_WORK,
    id,
    kind: gives ? 'credit' : 'correction',
    ref,
    debit: gives ? 'grants' : 'customer',
    credit: gives ? 'customer' : 'grants',
    amount: size,
  }
  if (gives) return void (yield* postEntry(posting, entry))
  const [after] = yield* postIfAvailable({ ...posting, least: size })
  if (after === undefined) throw yield* tooLittle(accountId, size)
  yield* writeEntry(after, posting, entryOf(after, posting, entry))
}

function* tooLittle(accountId: string, required: number): TransactionBody<AppError> {
  const [account] = yield* findAccount({ id: accountId })
  const available = account?.available ?? 0
  const message = `Only ${display(available)} is available in this account, less than ${display(required)}.`
  return new AppError('insufficient_credits', message, {
    hint: 'Take at most what is available: what is held or spent stays.',
    facts: { required: money(required), available: money(available) },
  })
}
