import {
  createAccount,
  getAccount,
  openIfLocal,
  toAccount,
  updateAccount,
  type Account,
  type AccountChanges,
} from '../accounts/accounts.ts'
import { LOCAL_ACCOUNT } from '../accounts/sessions.ts'
import { query, type TransactionBody } from '../db/db.ts'
import type { AccountTable } from '../db/schema/ledger.ts'
import { AppError } from '../errors.ts'
import { display } from '../money.ts'
import { record, type Author } from './audit.ts'
import { reasonOf } from './reason.ts'
import { accountClosed } from '../accounts/key-refusals.ts'
import { removeWebhook } from '../alerts/webhooks.ts'

/** An account to open. Its id is chosen before the transaction. */
export type NewAccount = { id: string; name: string } & AccountChanges

/** Opens an account with the signup grant. Throws `invalid_input` for an invalid name. */
export function* openNew(
  { id, name, ...terms }: NewAccount,
  author: Author,
): TransactionBody<Account> {
  yield* createAccount(name, author.at, id)
  const account = yield* updateAccount(id, { name, ...terms })
  yield* record(author, {
    action: 'accounts.create',
    account_id: id,
    details: detailsOf({ name, ...terms }),
  })
  return account
}

/** Changes an account. Throws the errors of `updateAccount`. */
export function* changeAccount(
  id: string,
  changes: AccountChanges,
  author: Author,
): TransactionBody<Account> {
  yield* openIfLocal(id, author.at)
  const account = yield* updateAccount(id, changes)
  yield* record(author, {
    action: 'accounts.update',
    account_id: id,
    details: detailsOf(changes),
  })
  return account
}

/**
 * Refuses paid calls and purchases of an account from now on, with these words. Work in hand is finished and paid.
 * Throws `not_found`, and `invalid_input` for the reason or a closed account.
 */
export function* suspendAccount(
  id: string,
  reason: string,
  author: Author,
): TransactionBody<Account> {
  const suspended_for = reasonOf(reason)
  yield* openIfLocal(id, author.at)
  const act = { action: 'accounts.suspend', account_id: id, reason: suspended_for } as const
  const { isNew } = yield* record(author, act)
  if (!isNew) return yield* getAccount(id) // somebody may have done another act since
  return yield* setState(id, { suspended_at: author.at, suspended_for })
}

/** Ends the suspension of an account. Throws `not_found`, and `invalid_input` for a reason or a closed account. */
export function* resumeAccount(
  id: string,
  reason: string | null,
  author: Author,
): TransactionBody<Account> {
  const why = reason === null ? null : reasonOf(reason)
  const act = { action: 'accounts.resume', account_id: id, reason: why } as const
  const { isNew } = yield* record(author, act)
  if (!isNew) return yield* getAccount(id)
  return yield* setState(id, { suspended_at: null, suspended_for: null })
}

/**
 * Closes an account for ever: its keys are revoked, its webhook is removed, and nothing more is made or bought with it.
 * Its balance stays. Throws `not_found`, and `invalid_input` for the reason, a closed account or that of this machine.
 */
export function* closeAccount(
  id: string,
  reason: string | null,
  author: Author,
): TransactionBody<Account> {
  if (id === LOCAL_ACCOUNT.id) throw cannotCloseLocal()
  const why = reason === null ? null : reasonOf(reason)
  const { isNew } = yield* record(author, {
    action: 'accounts.close',
    account_id: id,
    reason: why,
  })
  const columns = { closed_at: author.at }
  const account = isNew ? yield* setState(id, columns) : yield* getAccount(id)
  yield* query((db) =>
    db
      .updateTable('api_key')
      .set({ revoked_at: author.at })
      .where('account_id', '=', id)
      .where('revoked_at', 'is', null),
  )
  yield* removeWebhook(id)
  return account
}

/**
 * Notes that all content of an account is erased, and removes its webhook. Throws `not_found`, and `invalid_input` for the
 * reason.
 */
export function* noteErasure(id: string, reason: string, author: Author): TransactionBody<void> {
  yield* getAccount(id)
  yield* removeWebhook(id)
  yield* record(author, { action: 'accounts.erase', account_id: id, reason: reasonOf(reason) })
}

/** Notes that the content of a generation or file is removed. Throws `invalid_input` for the reason. */
export function* noteRemoval(
  { accountId, id }: { accountId: string; id: string },
  reason: string | null,
  author: Author,
): TransactionBody<void> {
  const why = reason === null ? null : reasonOf(reason)
  yield* record(author, {
    action: 'assets.remove',
    account_id: accountId,
    subject: id,
    reason: why,
  })
}

type StateColumns = Partial<Pick<AccountTable, 'suspended_at' | 'suspended_for' | 'closed_at'>>

function* setState(id: string, columns: StateColumns): TransactionBody<Account> {
  const [row] = yield* query((db) =>
    db
      .updateTable('account')
      .set(columns)
      .where('id', '=', id)
      .where('closed_at', 'is', null)
      .returningAll(),
  )
  if (row !== undefined) return toAccount(row)
  yield* getAccount(id)
  throw accountClosed({
    hint: 'Open another one.',
    localHint: '`inkwell accounts create --name <name>` does.',
  })
}

/** Returns changes as text for the audit log. */
function detailsOf({ name, models, maxPrice }: AccountChanges): string {
  const limit = maxPrice === null ? 'none' : display(maxPrice ?? 0)
  return [
    name !== undefined && `name=${name}`,
    models !== undefined && `models=${models?.join(',') ?? '*'}`,
    maxPrice !== undefined && `max_price=${limit}`,
  ]
    .filter(Boolean)
    .join(' ')
}

function cannotCloseLocal(): AppError {
  return new AppError('invalid_input', 'The account of this machine cannot be closed.', {
    hint: 'Suspend it instead.',
    localHint: `\`inkwell accounts suspend ${LOCAL_ACCOUNT.id} --reason <text>\` does.`,
  })
}
