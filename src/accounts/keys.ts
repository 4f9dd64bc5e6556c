import { crypto } from '../crypto.ts'
import { firstOrThrow, query, type Unit } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { newId } from '../ids.ts'
import { lockAccount } from '../ledger/queries/account.ts'
import { micro } from '../money.ts'
import { storeModelList, type ModelList } from '../pricing/model-list.ts'
import { nameOf, notFound } from './accounts.ts'
import { hashOf, shown, type ApiKey, type KeyCaps } from './api-key.ts'
import type { ApiKeyTable } from '../db/schema/accounts.ts'
import { DEFAULT_SCOPES, SCOPES, scopesOf, type Scope } from './scopes.ts'

/** Keys of one account that may be live at once. */
export const LIVE_KEYS_MAX = 10
const PREFIX_LENGTH = 12

/** What may be changed of a key that is issued; what is not named stays. */
export type KeyChanges = {
  name?: string | undefined
  scopes?: readonly Scope[] | undefined
  models?: ModelList | undefined
  /** The instant from which the key is refused. */
  expiresAt?: number | null | undefined
}

/** What a new key is given; where nothing is said the default scopes, every model, no cap and no end. */
export type KeyOptions = KeyChanges & { caps?: Partial<KeyCaps> | undefined }

/**
 * Issues a key of an account. Nothing can show the `key` again: only its hash is kept. Throws `not_found`
 * for an unknown account, and `invalid_input` for a bad name, an end that has passed, no scope and one
 * live key too many.
 */
export function* issueKey(
  accountId: string,
  options: KeyOptions,
  at: number,
): Unit<ApiKey & { key: string }> {
  const [account] = yield* lockAccount({ id: accountId }) // or two at once could pass the limit below
  if (account === undefined) throw notFound('account')
  const { caps = {} } = options
  // Hex after one separator: every key reads in one way only.
  const key = `ink_${crypto().randomBytes(32).toString('hex')}`
  const row: ApiKeyTable = {
    id: newId('key', at),
    account_id: accountId,
    hash: hashOf(key),
    prefix: key.slice(0, PREFIX_LENGTH),
    name: null,
    scopes: DEFAULT_SCOPES.join(' '),
    models: null,
    expires_at: null,
    ...columnsOf(options, at),
    session_cap: capOf(caps.session),
    day_cap: capOf(caps.day),
    month_cap: capOf(caps.month),
    total_cap: capOf(caps.total),
    revoked_at: null,
    last_used_at: null,
    created_at: at,
  }
  yield* query((db) => db.insertInto('api_key').values(row))
  yield* assertRoom(accountId, at)
  return { ...shown(row), key }
}

/**
 * Changes a key, from its next request on. Throws `not_found` for an unknown key, and `invalid_input` for one that
 * is revoked and for what `issueKey` would refuse.
 */
export function* updateKey(id: string, changes: KeyChanges, at: number): Unit<ApiKey> {
  const columns = columnsOf(changes, at)
  if (Object.keys(columns).length === 0) throw nothingToChange()
  const [known] = yield* query((db) =>
    db.selectFrom('api_key').select('account_id').where('id', '=', id),
  )
  if (known === undefined) throw notFound('API key')
  yield* lockAccount({ id: known.account_id })
  const [row] = yield* query((db) =>
    db
      .updateTable('api_key')
      .set(columns)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returningAll(),
  )
  if (row === undefined) throw alreadyRevoked(known.account_id)
  yield* assertRoom(row.account_id, at) // a later end may bring one back to life
  return shown(row)
}

/**
 * Refuses a key from now on. Answers the instant of its first revocation. Throws `not_found` for an unknown
 * key and, where `accountId` is named, for a key of another account.
 */
export function* revokeKey(
  { id, accountId }: { id: string; accountId?: string | undefined },
  at: number,
): Unit<number> {
  const [revoked] = yield* query((db, sql) => {
    const update = db
      .updateTable('api_key')
      .set({ revoked_at: sql<number>`coalesce(revoked_at, ${at})` })
      .where('id', '=', id)
      .returning('revoked_at')
    return accountId === undefined ? update : update.where('account_id', '=', accountId)
  })
  if (revoked === undefined) throw notFound('API key')
  return revoked.revoked_at ?? at
}

/** The keys of an account, or of all of them, oldest first; the revoked and expired ones too. */
export function* listKeys(accountId?: string): Unit<ApiKey[]> {
  const rows = yield* query((db) => {
    const select = db.selectFrom('api_key').selectAll().orderBy('created_at').orderBy('id')
    return accountId === undefined ? select : select.where('account_id', '=', accountId)
  })
  return rows.map(shown)
}

/** The columns that changes write. */
function columnsOf({ name, scopes, models, expiresAt }: KeyChanges, at: number) {
  const known = scopes === undefined ? undefined : scopesOf(scopes)
  if (known === null) throw noScope()
  if (typeof expiresAt === 'number' && !(expiresAt > at)) throw endInThePast()
  return {
    ...(name !== undefined && { name: nameOf(name, 'key') }),
    ...(known !== undefined && { scopes: known.join(' ') }),
    ...(models !== undefined && { models: storeModelList(models) }),
    ...(expiresAt !== undefined && { expires_at: expiresAt }),
  }
}

/** A cap as it is stored. SQLite takes NaN for null, and a bad cap must never mean no cap. */
function capOf(amount: number | null = null): number | null {
  if (amount !== null && !(amount >= 0)) throw new RangeError(`not a cap: ${amount}`)
  return amount === null ? null : micro(amount)
}

/** Throws `invalid_input` where an account has more live keys than it may have. */
function* assertRoom(accountId: string, at: number): Unit<void> {
  const rows = yield* query((db) =>
    db
      .selectFrom('api_key')
      .select((eb) => eb.fn.countAll().as('count'))
      .where('account_id', '=', accountId)
      .where('revoked_at', 'is', null)
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', at)])),
  )
  if (Number(firstOrThrow(rows).count) > LIVE_KEYS_MAX) throw tooManyKeys(accountId)
}

function noScope(): AppError {
  return new AppError('invalid_input', 'An API key needs at least one scope, each from the list.', {
    hint: `The scopes are ${SCOPES.join(', ')}.`,
  })
}

function endInThePast(): AppError {
  return new AppError('invalid_input', 'The end of the API key has passed already.', {
    hint: 'Choose an end in the future, or none.',
  })
}

function nothingToChange(): AppError {
  return new AppError('invalid_input', 'There is nothing to change.', {
    hint: 'Name what is to be changed.',
    localHint: '`inkwell keys update --help` lists what can be.',
  })
}

function alreadyRevoked(accountId: string): AppError {
  return new AppError('invalid_input', 'This API key is revoked, and stays so.', {
    hint: 'Issue a new one.',
    localHint: `\`inkwell keys create --account ${accountId}\` does.`,
  })
}

function tooManyKeys(accountId: string): AppError {
  const message = `This account has ${LIVE_KEYS_MAX} live API keys, the most it may have.`
  return new AppError('invalid_input', message, {
    hint: 'Revoke one first.',
    localHint: `\`inkwell keys list --account ${accountId}\` shows them, \`inkwell keys revoke <id>\` ends one.`,
  })
}
