import { query, type TransactionBody } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { newId } from '../ids.ts'
import { openAccount } from '../ledger/ledger.ts'
import { findAccount } from '../ledger/queries/account.ts'
import { micro } from '../money.ts'
import type { AccountTable } from '../db/schema/ledger.ts'
import { storedModelList, storeModelList, type ModelList } from '../pricing/model-list.ts'
import { LOCAL_ACCOUNT } from './sessions.ts'

/** An account as commands show it. */
export type Account = {
  id: string
  name: string
  state: 'open' | 'suspended' | 'closed'
  /** In micro-dollars, as all amounts. */
  available: number
  held: number
  debt: number
  models: ModelList
  /** The largest price of one call; null is no limit. */
  maxPrice: number | null
  /** While it is suspended. */
  suspension: { at: number; reason: string } | null
  closedAt: number | null
  /** In milliseconds since 1970. */
  createdAt: number
}

/** Opens the account of this machine if `id` names it: it opens at its first use. `at` is in milliseconds since 1970. */
export function* openIfLocal(id: string, at: number): TransactionBody<void> {
  if (id === LOCAL_ACCOUNT.id) yield* openAccount(id, LOCAL_ACCOUNT.name, at)
}

/** Opens an account with the signup grant, once per id. Throws `invalid_input` for an invalid name. */
export function* createAccount(
  name: string,
  at: number,
  id: string = newId('acct', at),
): TransactionBody<{ id: string; name: string }> {
  const account = { id, name: nameOf(name, 'account') }
  yield* openAccount(account.id, account.name, at)
  return account
}

/** Changes of an account. Absent fields stay as they are. */
export type AccountChanges = Partial<Pick<Account, 'name' | 'models' | 'maxPrice'>>

/**
 * Changes an account, from its next call on. Throws `not_found` for an unknown account, and `invalid_input` for an
 * invalid name or no change.
 */
export function* updateAccount(
  id: string,
  { name, models, maxPrice }: AccountChanges,
): TransactionBody<Account> {
  const columns = {
    ...(name !== undefined && { name: nameOf(name, 'account') }),
    ...(models !== undefined && { models: storeModelList(models) }),
    ...(maxPrice !== undefined && { max_price: maxPrice === null ? null : micro(maxPrice) }),
  }
  if (Object.keys(columns).length === 0) throw nothingToChange('account')
  const [row] = yield* query((db) =>
    db.updateTable('account').set(columns).where('id', '=', id).returningAll(),
  )
  if (row === undefined) throw notFound('account')
  return toAccount(row)
}

/** Returns an account. Throws `not_found`. */
export function* getAccount(id: string): TransactionBody<Account> {
  const [row] = yield* findAccount({ id })
  if (row === undefined) throw notFound('account')
  return toAccount(row)
}

/** Returns accounts in the order of their ids: those after `after`, at most `limit`. */
export function* listAccounts({
  after = '',
  limit = Number.MAX_SAFE_INTEGER,
}: { after?: string; limit?: number } = {}): TransactionBody<Account[]> {
  const rows = yield* query((db) =>
    db.selectFrom('account').selectAll().where('id', '>', after).orderBy('id').limit(limit),
  )
  return rows.map(toAccount)
}

/** Returns a name without spaces around it. Throws `invalid_input` if it is not 1 to 100 printable characters. */
export function nameOf(text: string, what: 'account' | 'key' | 'group' | 'author'): string {
  const name = text.trim()
  // Control, format and unassigned characters and line separators could break the display around the name.
  if (/^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u.test(name)) return name
  const message = `The name of the ${what} must be 1 to 100 printable characters.`
  throw new AppError('invalid_input', message, { hint: 'Choose another name.' })
}

/** Returns the error for a change of an account, key or group that names nothing. */
export function nothingToChange(what: 'account' | 'key' | 'group'): AppError {
  return new AppError('invalid_input', 'There is nothing to change.', {
    hint: 'Name what is to be changed.',
    localHint: `\`inkwell ${what}s update --help\` lists what can be.`,
  })
}

/** Returns the error for an id that no account, key or group has. */
export function notFound(what: 'account' | 'API key' | 'group'): AppError {
  const command = `inkwell ${what === 'API key' ? 'key' : what}s list`
  return new AppError('not_found', `No ${what} has this id.`, {
    hint: 'Check the id.',
    localHint: `List them with \`${command}\`.`,
  })
}

/** Converts a row to an account. */
export function toAccount(row: AccountTable): Account {
  const { id, name, available, held, debt, suspended_at, suspended_for, closed_at } = row
  const isSuspended = suspended_at !== null && suspended_for !== null
  return {
    id,
    name,
    state: closed_at !== null ? 'closed' : isSuspended ? 'suspended' : 'open',
    available,
    held,
    debt,
    models: storedModelList(row.models),
    maxPrice: row.max_price,
    suspension: isSuspended ? { at: suspended_at, reason: suspended_for } : null,
    closedAt: closed_at,
    createdAt: row.created_at,
  }
}
