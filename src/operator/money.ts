import type { TransactionBody } from '../db/db.ts'
import type { AuditTable } from '../db/schema/operator.ts'
import { openIfLocal, notFound } from '../accounts/accounts.ts'
import { AppError } from '../errors.ts'
import { adjust } from '../ledger/adjust.ts'
import { refund } from '../ledger/ledger.ts'
import { findEntry } from '../ledger/queries/entry.ts'
import { lockAccount } from '../ledger/queries/account.ts'
import { display, MICRO_PER_USD } from '../money.ts'
import { reasonOf } from './reason.ts'
import { findRepeated, record, type Act, type Author } from './audit.ts'

/** Most that one act gives or takes, in micro-dollars: more is a slip of the hand. */
const ACT_MAX = 1_000_000 * MICRO_PER_USD

/** An act on money. `entryId` is the id of its entry, chosen before the transaction. */
export type MoneyAct = {
  author: Author
  entryId: string
  reason: string | null
  /** The same key repeats the act without doing it again. */
  requestKey: string | null
}

/** What was done: the act, and whether an earlier request did it. */
export type Done = { act: AuditTable; replayed: boolean }

/**
 * Gives `amount` micro-dollars to an account, or takes them if it is negative, but at most what is available. Throws
 * `invalid_input` for the amount or reason, `not_found`, `insufficient_credits` and `idempotency_conflict`.
 */
export function* creditAccount(
  { accountId, amount }: { accountId: string; amount: number },
  { author, entryId, reason, requestKey }: MoneyAct,
): TransactionBody<Done> {
  if (amount === 0 || Math.abs(amount) > ACT_MAX) throw noAmount()
  yield* openIfLocal(accountId, author.at)
  const [account] = yield* lockAccount({ id: accountId })
  if (account === undefined) throw notFound('account')
  const done = yield* record(author, {
    action: 'accounts.credit',
    account_id: accountId,
    amount,
    reason: reasonOf(reason ?? ''),
    entry_id: entryId,
    request_key: requestKey,
  })
  if (done.isNew) yield* adjust({ id: entryId, accountId, amount, ref: done.act.id, at: author.at })
  return done
}

/**
 * Gives back the charge of a generation of any account, once. Returns null if an earlier act did so. Throws `not_found`
 * if nothing was charged, or not to `accountId` where one is given.
 */
export function* refundGeneration(
  { generationId, accountId }: { generationId: string; accountId?: string | undefined },
  { author, entryId, reason, requestKey }: MoneyAct,
): TransactionBody<Done | null> {
  const [charge] = yield* findEntry({ ref: generationId, kind: 'capture' })
  const owner = accountId ?? charge?.account_id ?? ''
  const isNew = yield* refund(owner, generationId, author.at, entryId)
  const act: Act = {
    action: 'ledger.refund',
    account_id: owner,
    subject: generationId,
    amount: charge?.amount ?? 0,
    reason: reason === null ? null : reasonOf(reason),
    entry_id: entryId,
    request_key: requestKey,
  }
  if (isNew) return yield* record(author, act)
  const earlier = yield* findRepeated(act)
  return earlier === null ? null : { act: earlier, replayed: true }
}

function noAmount(): AppError {
  const message = `The amount must be from ${display(1)} to ${display(ACT_MAX)}, or below zero to take credits.`
  return new AppError('invalid_input', message, { hint: 'Give another amount.' })
}
