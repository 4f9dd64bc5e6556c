import { firstOrThrow, query, type TransactionBody } from '../db/db.ts'
import { newId } from '../ids.ts'
import { lockAccount } from '../ledger/queries/account.ts'
import { storeModelList, type ModelList } from '../pricing/model-list.ts'
import { nameOf, notFound, nothingToChange } from './accounts.ts'
import { capOf, hashOf, toApiKey, type ApiKey, type KeyCaps } from './api-key.ts'
import { joinable } from './groups.ts'
import {
  noScope,
  expiryInThePast,
  accountClosed,
  alreadyRevoked,
  tooManyKeys,
  tooManyConnections,
  LIVE_CONNECTIONS_MAX,
  LIVE_KEYS_MAX,
} from './key-refusals.ts'
import { newSecret, PREFIX_LENGTH } from './rotate-key.ts'
import type { ApiKeyTable } from '../db/schema/accounts.ts'
import { DEFAULT_SCOPES, scopesOf, type Scope } from './scopes.ts'

/** Changes of an issued key. Absent fields stay as they are. */
export type KeyChanges = {
  name?: string | undefined
  scopes?: readonly Scope[] | undefined
  models?: ModelList | undefined
  /** The group whose budgets count, too; null for none. */
  groupId?: string | null | undefined
  caps?: Partial<KeyCaps> | undefined
  /** The time from which the key is refused, in milliseconds since 1970; null for never. */
  expiresAt?: number | null | undefined
}

/** Options of a new key. Defaults: `DEFAULT_SCOPES`, every model, no caps, no expiry. */
export type KeyOptions = KeyChanges

/** The id and the secret of a new key. They are chosen before the transaction, which may run twice. */
export type FreshKey = { id: string; key: string }

/** Returns a new id and secret. `at` is in milliseconds since 1970. */
export function freshKey(at: number): FreshKey {
  return { id: newId('key', at), key: newSecret() }
}

/**
 * Issues a key for an account. `key` cannot be shown again: only its hash is stored. Throws `not_found` for an
 * unknown account. Throws `invalid_input` for an invalid name, an expiry in the past, no scope, or too many live keys.
 */
export function* issueKey(
  accountId: string,
  { fresh, ...options }: KeyOptions & { fresh?: FreshKey },
  at: number,
): TransactionBody<ApiKey & { key: string }> {
  const { id, key } = fresh ?? freshKey(at)
  const secret = { id, hash: hashOf(key), prefix: key.slice(0, PREFIX_LENGTH), ends_with: null }
  return { ...(yield* insertKey(accountId, { ...options, ...secret }, at)), key }
}

/** Issues a key without a secret: nobody can send it. It ends with another key, if there is one. As `issueKey`. */
export function* issueConnectionKey(
  accountId: string,
  { endsWith, ...options }: KeyOptions & { endsWith: string | null },
  at: number,
): TransactionBody<ApiKey> {
  const id = newId('key', at)
  const secret = { id, hash: id, prefix: '', ends_with: endsWith }
  return yield* insertKey(accountId, { ...options, ...secret }, at)
}

function* moveConnections(id: string, groupId: string | null): TransactionBody<void> {
  yield* query((db) =>
    db.updateTable('api_key').set({ group_id: groupId }).where('ends_with', '=', id),
  )
}

type Secret = Pick<ApiKeyTable, 'id' | 'hash' | 'prefix' | 'ends_with'>

function* insertKey(
  accountId: string,
  { id, hash, prefix, ends_with, ...options }: KeyOptions & Secret,
  at: number,
): TransactionBody<ApiKey> {
  const [account] = yield* lockAccount({ id: accountId }) // or two calls at the same time could pass the limit below
  if (account === undefined) throw notFound('account')
  if (account.closed_at !== null)
    throw accountClosed({ hint: 'Issue the key for another account.' })
  yield* joinable(options.groupId ?? null, accountId)
  const row: ApiKeyTable = {
    id,
    account_id: accountId,
    hash,
    prefix,
    ends_with,
    name: null,
    scopes: DEFAULT_SCOPES.join(' '),
    models: null,
    expires_at: null,
    session_cap: null,
    day_cap: null,
    month_cap: null,
    total_cap: null,
    call_cap: null,
    approve_above: null,
    group_id: null,
    old_hash: null,
    old_until: null,
    ...columnsOf(options, at),
    revoked_at: null,
    last_used_at: null,
    created_at: at,
  }
  yield* query(
    (db) =>
      db
        .insertInto('api_key')
        .values(row)
        .onConflict((on) => on.column('id').doNothing()), // an earlier attempt, whose commit was lost
  )
  yield* assertWithinLimit(row, at)
  return toApiKey(row)
}

/**
 * Changes a key, from its next request on. Throws `not_found` for an unknown key. Throws `invalid_input` for a
 * revoked key and for values that `issueKey` refuses.
 */
export function* updateKey(id: string, changes: KeyChanges, at: number): TransactionBody<ApiKey> {
  const columns = columnsOf(changes, at)
  if (Object.keys(columns).length === 0) throw nothingToChange('key')
  const [found] = yield* query((db) =>
    db.selectFrom('api_key').select('account_id').where('id', '=', id),
  )
  if (found === undefined) throw notFound('API key')
  yield* lockAccount({ id: found.account_id })
  yield* joinable(changes.groupId ?? null, found.account_id)
  const [row] = yield* query((db) =>
    db
      .updateTable('api_key')
      .set(columns)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returningAll(),
  )
  if (row === undefined) throw alreadyRevoked(found.account_id)
  if (changes.groupId !== undefined) yield* moveConnections(id, changes.groupId)
  yield* assertWithinLimit(row, at) // a later expiry may make a key live again
  return toApiKey(row)
}

/**
 * Revokes a key at once, and the connections that end with it. Returns the time of its first revocation, in
 * milliseconds since 1970, and its account. Throws `not_found` for an unknown key and, where `accountId` is given, for a
 * key of another account.
 */
export function* revokeKey(
  { id, accountId }: { id: string; accountId?: string | undefined },
  at: number,
): TransactionBody<{ revokedAt: number; accountId: string }> {
  const [revoked] = yield* query((db, sql) => {
    const update = db
      .updateTable('api_key')
      .set({ revoked_at: sql<number>`coalesce(revoked_at, ${at})` })
      .where('id', '=', id)
      .returning(['revoked_at', 'account_id'])
    return accountId === undefined ? update : update.where('account_id', '=', accountId)
  })
  if (revoked === undefined) throw notFound('API key')
  yield* query((db) =>
    db
      .updateTable('api_key')
      .set({ revoked_at: at })
      .where('ends_with', '=', id)
      .where('revoked_at', 'is', null),
  )
  return { revokedAt: revoked.revoked_at ?? at, accountId: revoked.account_id }
}

/** Returns the keys of one account or of all accounts, oldest first, with revoked and expired ones. */
export function* listKeys(accountId?: string): TransactionBody<ApiKey[]> {
  const rows = yield* query((db) => {
    const select = db.selectFrom('api_key').selectAll().orderBy('created_at').orderBy('id')
    return accountId === undefined ? select : select.where('account_id', '=', accountId)
  })
  return rows.map(toApiKey)
}

/** Returns the columns to write for the changes. Throws `invalid_input`. */
function columnsOf(
  { name, scopes, models, groupId, caps = {}, expiresAt }: KeyChanges,
  at: number,
) {
  const validScopes = scopes === undefined ? undefined : scopesOf(scopes)
  if (validScopes === null) throw noScope()
  if (typeof expiresAt === 'number' && !(expiresAt > at)) throw expiryInThePast()
  return {
    ...(name !== undefined && { name: nameOf(name, 'key') }),
    ...(validScopes !== undefined && { scopes: validScopes.join(' ') }),
    ...(models !== undefined && { models: storeModelList(models) }),
    ...(groupId !== undefined && { group_id: groupId }),
    ...(caps.session !== undefined && { session_cap: capOf(caps.session) }),
    ...(caps.day !== undefined && { day_cap: capOf(caps.day) }),
    ...(caps.month !== undefined && { month_cap: capOf(caps.month) }),
    ...(caps.total !== undefined && { total_cap: capOf(caps.total) }),
    ...(caps.call !== undefined && { call_cap: capOf(caps.call) }),
    ...(caps.approveAbove !== undefined && { approve_above: capOf(caps.approveAbove) }),
    ...(expiresAt !== undefined && { expires_at: expiresAt }),
  }
}

/** Throws `invalid_input` if an account has too many live keys, or connections. */
function* assertWithinLimit(row: ApiKeyTable, at: number): TransactionBody<void> {
  const { account_id: accountId, prefix } = row
  const isConnection = prefix === ''
  const rows = yield* query((db) =>
    db
      .selectFrom('api_key')
      .select((eb) => eb.fn.countAll().as('count'))
      .where('account_id', '=', accountId)
      .where('prefix', isConnection ? '=' : '<>', '')
      .where('revoked_at', 'is', null)
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', at)])),
  )
  const live = Number(firstOrThrow(rows).count)
  if (isConnection && live > LIVE_CONNECTIONS_MAX) throw tooManyConnections()
  if (!isConnection && live > LIVE_KEYS_MAX) throw tooManyKeys(accountId)
}
