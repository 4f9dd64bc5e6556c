import type { Config } from '../config.ts'
import { preparedQuery, type QueryBuilder, type TransactionBody } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { lower } from '../ledger/rules.ts'
import { storedModelList, type ModelLists } from '../pricing/model-list.ts'
import { hashOf, isLive, toApiKey, type KeyCaps } from './api-key.ts'
import type { ListedCaller } from './caller.ts'
import { groupOf, type KeyGroup } from './groups.ts'
import type { ApiKeyTable } from '../db/schema/accounts.ts'
import type { Scope } from './scopes.ts'

/** The last use of a key is written at most this often, in milliseconds. */
const TOUCH_EVERY_MS = 60_000

/** The account and key of a request, and what that key may do. `lastUsedAt` is in milliseconds since 1970. */
export type Principal = {
  account: { id: string; name: string }
  keyId: string
  scopes: readonly Scope[]
  caps: KeyCaps
  group: KeyGroup | null
  models: ModelLists
  lastUsedAt: number | null
}

// Subqueries for the account: SQLite would plan a join again for each hash, which takes longer than all the rest.
function keysWithAccount(db: QueryBuilder) {
  return db
    .selectFrom('api_key')
    .selectAll()
    .select((eb) =>
      eb
        .selectFrom('account')
        .select('account.name')
        .whereRef('account.id', '=', 'api_key.account_id')
        .as('account_name'),
    )
    .select((eb) =>
      eb
        .selectFrom('account')
        .select('account.models')
        .whereRef('account.id', '=', 'api_key.account_id')
        .as('account_models'),
    )
}

const selectByHash = preparedQuery((db, p: { hash: string }) =>
  keysWithAccount(db).where('hash', '=', p.hash),
)

/** The secret before the last rotation, for as long as it is accepted. */
const selectByOldHash = preparedQuery((db, p: { hash: string; at: number }) =>
  keysWithAccount(db).where('old_hash', '=', p.hash).where('old_until', '>', p.at),
)

const selectById = preparedQuery((db, p: { id: string }) =>
  keysWithAccount(db).where('id', '=', p.id),
)

/**
 * Returns the principal of a key. Throws the same `unauthorized` error for a key that is missing, malformed,
 * unknown, expired or revoked. The lookup compares hashes, not secrets, and a client cannot control a hash;
 * so its timing reveals nothing and needs no constant-time comparison.
 */
export function* authenticate(key: string | undefined, at: number): TransactionBody<Principal> {
  if (key === undefined || !/^ink_[0-9a-f]{64}$/.test(key)) throw unauthorized()
  const hash = hashOf(key)
  const [current] = yield* selectByHash({ hash })
  const [row] = current === undefined ? yield* selectByOldHash({ hash, at }) : [current]
  if (row === undefined || !isLive({ revokedAt: row.revoked_at, expiresAt: row.expires_at }, at))
    throw unauthorized()
  return principalOfKey(row, yield* groupOf(row.group_id))
}

/** Returns the principal of a key by its id; null unless it is live. */
export function* principalById(id: string, at: number): TransactionBody<Principal | null> {
  const [row] = yield* selectById({ id })
  if (row === undefined || !isLive({ revokedAt: row.revoked_at, expiresAt: row.expires_at }, at))
    return null
  return principalOfKey(row, yield* groupOf(row.group_id))
}

type KeyWithAccount = ApiKeyTable & { account_name: string | null; account_models: string | null }

/** Returns the principal of a live key, from its row. */
export function principalOfKey(row: KeyWithAccount, group: KeyGroup | null): Principal {
  const { id: keyId, accountId, scopes, caps, models, lastUsedAt } = toApiKey(row)
  return {
    account: { id: accountId, name: row.account_name ?? accountId },
    keyId,
    scopes,
    caps,
    group,
    models: { account: storedModelList(row.account_models), key: models },
    lastUsedAt,
  }
}

/** Returns whether to write the use of a key: it was last written at least a minute ago, or never. */
export function touchIsDue({ lastUsedAt }: Pick<Principal, 'lastUsedAt'>, at: number): boolean {
  return lastUsedAt === null || lastUsedAt <= at - TOUCH_EVERY_MS
}

const updateLastUse = preparedQuery((db, p: { id: string; at: number; before: number }) =>
  db
    .updateTable('api_key')
    .set({ last_used_at: p.at })
    .where('id', '=', p.id)
    .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<=', p.before)]))
    .returning('id'),
)

/** Writes that a key was used, at most once a minute. No response waits for it. Returns whether it wrote. */
export function* touchKey(keyId: string, at: number): TransactionBody<boolean> {
  return (yield* updateLastUse({ id: keyId, at, before: at - TOUCH_EVERY_MS })).length > 0
}

/**
 * Returns the caller for a key, in the session that the server resolved. Every budget is the lowest that
 * applies. The caller cannot read files of the server.
 */
export function callerOfKey(
  { account, keyId, scopes, caps, group, models }: Omit<Principal, 'lastUsedAt'>,
  sessionName: string,
  { budgets, fal }: Pick<Config, 'budgets' | 'fal'>,
): ListedCaller {
  return {
    account,
    keyId,
    groupId: group?.id ?? null,
    scopes,
    session: { name: sessionName, budget: lower(budgets.session, caps.session), cap: caps.session },
    caps: {
      day: budgets.day,
      month: budgets.month,
      key_day: caps.day,
      key_month: caps.month,
      key_total: caps.total,
      group_day: group?.caps.day ?? null,
      group_month: group?.caps.month ?? null,
      group_total: group?.caps.total ?? null,
    },
    maxPrice: caps.call,
    approveAbove: caps.approveAbove,
    models,
    billing: fal.ownKey === undefined ? 'credits' : 'own_key',
    mayReadFiles: false,
    linkTo: null,
  }
}

/** The error for a credential that is missing or not valid. It says nothing of why. */
export function unauthorized(): AppError {
  return new AppError('unauthorized', 'No valid API key came with this request.', {
    hint: 'Send one as `Authorization: Bearer ink_…`; the operator of this server gives it out.',
  })
}
