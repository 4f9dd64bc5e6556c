import { query, type TransactionBody } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { newId } from '../ids.ts'
import { openAccount } from '../ledger/ledger.ts'
import type { AccountTable } from '../db/schema/ledger.ts'
import { setModels } from '../ledger/queries/account.ts'
import { storedModelList, storeModelList, type ModelList } from '../pricing/model-list.ts'
import { LOCAL_ACCOUNT } from './sessions.ts'

/** An account as commands show it. */
export type Account = {
  id: string
  name: string
  /** In micro-dollars. */
  available: number
  models: ModelList
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

/** Sets the allowed models of an account, from its next call on. Throws `not_found` for an unknown account. */
export function* updateAccount(
  id: string,
  { models }: Pick<Account, 'models'>,
): TransactionBody<Account> {
  const [row] = yield* setModels({ id, models: storeModelList(models) })
  if (row === undefined) throw notFound('account')
  return toAccount(row)
}

/** Returns every account, oldest first. */
export function* listAccounts(): TransactionBody<Account[]> {
  const rows = yield* query((db) =>
    db
      .selectFrom('account')
      .select(['id', 'name', 'available', 'models', 'created_at'])
      .orderBy('created_at')
      .orderBy('id'),
  )
  return rows.map(toAccount)
}

/** Returns a name without spaces around it. Throws `invalid_input` if it is not 1 to 100 printable characters. */
export function nameOf(text: string, what: 'account' | 'key' | 'author'): string {
  const name = text.trim()
  // Control, format and unassigned characters and line separators could break the display around the name.
  if (/^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u.test(name)) return name
  const message = `The name of the ${what} must be 1 to 100 printable characters.`
  throw new AppError('invalid_input', message, { hint: 'Choose another name.' })
}

/** Returns the error for an id that no account or key has. */
export function notFound(what: 'account' | 'API key'): AppError {
  const command = what === 'account' ? 'inkwell accounts list' : 'inkwell keys list'
  return new AppError('not_found', `No ${what} has this id.`, {
    hint: 'Check the id.',
    localHint: `List them with \`${command}\`.`,
  })
}

type Row = Pick<AccountTable, 'id' | 'name' | 'available' | 'models' | 'created_at'>

function toAccount({ id, name, available, models, created_at }: Row): Account {
  return { id, name, available, models: storedModelList(models), createdAt: created_at }
}
