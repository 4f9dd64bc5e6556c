import { crypto } from '../crypto.ts'
import type { Config } from '../config.ts'
import { one, query, statement, type Unit } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { newId } from '../ids.ts'
import { lower } from '../ledger/rules.ts'
import { lockAccount } from '../ledger/statements/account.ts'
import { micro } from '../money.ts'
import { nameOf } from './accounts.ts'
import { hashOf, isLive, shown, type ApiKey, type KeyCaps } from './api-key.ts'
import type { Caller } from './caller.ts'
import type { ApiKeyTable } from './schema.ts'
import { DEFAULT_SCOPES, SCOPES, scopesOf, type Scope } from './scopes.ts'

/** Keys of one account that may be live at once. */
export const LIVE_KEYS_MAX = 10
/** The use of a key is noted at most this often, in milliseconds. */
const TOUCH_EVERY_MS = 60_000
const PREFIX_LENGTH = 12

/** What a new key is given; where nothing is said the default scopes, no cap and no end. */
export type KeyOptions = {
  name?: string | undefined
  scopes?: readonly Scope[] | undefined
  caps?: Partial<KeyCaps> | undefined
  /** The instant from which the key is refused. */
  expiresAt?: number | null | undefined
}

/** Whoever sent a key, and what that key may do. */
export type Principal = {
  account: { id: string; name: string }
  keyId: string
  scopes: readonly Scope[]
  caps: KeyCaps
  lastUsedAt: number | null
}

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
  if (account === undefined) throw notFound('account', 'inkwell accounts list')
  const { caps = {}, expiresAt = null } = options
  const scopes = scopesOf(options.scopes ?? DEFAULT_SCOPES)
  if (scopes === null) throw noScope()
  if (expiresAt !== null && !(expiresAt > at)) throw endInThePast()
  if ((yield* countLiveKeys(accountId, at)) >= LIVE_KEYS_MAX) throw tooManyKeys(accountId)
  // Hex after one separator: every key reads in one way only.
  const key = `ink_${crypto().randomBytes(32).toString('hex')}`
  const row: ApiKeyTable = {
    id: newId('key', at),
    account_id: accountId,
    hash: hashOf(key),
    prefix: key.slice(0, PREFIX_LENGTH),
    name: options.name === undefined ? null : nameOf(options.name, 'key'),
    scopes: scopes.join(' '),
    session_cap: capOf(caps.session),
    day_cap: capOf(caps.day),
    month_cap: capOf(caps.month),
    total_cap: capOf(caps.total),
    expires_at: expiresAt,
    revoked_at: null,
    last_used_at: null,
    created_at: at,
  }
  yield* query((db) => db.insertInto('api_key').values(row))
  return { ...shown(row), key }
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
  if (revoked === undefined) throw notFound('API key', 'inkwell keys list')
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

// The name by a subquery: SQLite would plan a join anew for each hash, which takes longer than all the rest.
const selectByHash = statement((db, p: { hash: string }) =>
  db
    .selectFrom('api_key')
    .selectAll()
    .select((eb) =>
      eb
        .selectFrom('account')
        .select('account.name')
        .whereRef('account.id', '=', 'api_key.account_id')
        .as('account_name'),
    )
    .where('hash', '=', p.hash),
)

/**
 * Resolves a key to whoever it stands for. Throws `unauthorized`, in the same words for a key that is
 * missing, malformed, unknown, expired or revoked. The lookup by hash compares no secret: what its time
 * tells is about a hash that nobody can steer, so it needs no constant-time comparison.
 */
export function* authenticate(key: string | undefined, at: number): Unit<Principal> {
  if (key === undefined || !/^ink_[0-9a-f]{64}$/.test(key)) throw unauthorized()
  const [row] = yield* selectByHash({ hash: hashOf(key) })
  if (row === undefined || !isLive({ revokedAt: row.revoked_at, expiresAt: row.expires_at }, at))
    throw unauthorized()
  return principalOfKey(row)
}

/** Whoever a live key stands for, from its row. */
export function principalOfKey(row: ApiKeyTable & { account_name: string | null }): Principal {
  const { id: keyId, accountId, scopes, caps, lastUsedAt } = shown(row)
  return {
    account: { id: accountId, name: row.account_name ?? accountId },
    keyId,
    scopes,
    caps,
    lastUsedAt,
  }
}

/** Whether the use of a key is worth a write: it was last noted a minute ago or never. */
export function touchIsDue({ lastUsedAt }: Pick<Principal, 'lastUsedAt'>, at: number): boolean {
  return lastUsedAt === null || lastUsedAt <= at - TOUCH_EVERY_MS
}

const updateLastUse = statement((db, p: { id: string; at: number; before: number }) =>
  db
    .updateTable('api_key')
    .set({ last_used_at: p.at })
    .where('id', '=', p.id)
    .where((eb) => eb.or([eb('last_used_at', 'is', null), eb('last_used_at', '<=', p.before)]))
    .returning('id'),
)

/** Notes that a key was used, at most once a minute. No answer waits for it. Answers whether it wrote. */
export function* touchKey(keyId: string, at: number): Unit<boolean> {
  return (yield* updateLastUse({ id: keyId, at, before: at - TOUCH_EVERY_MS })).length > 0
}

/**
 * The caller behind a key, in the session that the server resolved. Every budget is the lowest that
 * applies, and nothing of the server's disk is in reach.
 */
export function callerOfKey(
  { account, keyId, scopes, caps }: Pick<Principal, 'account' | 'keyId' | 'scopes' | 'caps'>,
  sessionName: string,
  { budgets, fal }: Pick<Config, 'budgets' | 'fal'>,
): Caller {
  return {
    account,
    keyId,
    scopes,
    session: { name: sessionName, budget: lower(budgets.session, caps.session), cap: caps.session },
    caps: {
      day: budgets.day,
      month: budgets.month,
      key_day: caps.day,
      key_month: caps.month,
      key_total: caps.total,
    },
    billing: fal.ownKey === undefined ? 'credits' : 'own_key',
    mayReadFiles: false,
    linkTo: null,
  }
}

/** A cap as it is stored. SQLite takes NaN for null, and a bad cap must never mean no cap. */
function capOf(amount: number | null = null): number | null {
  if (amount !== null && !(amount >= 0)) throw new RangeError(`not a cap: ${amount}`)
  return amount === null ? null : micro(amount)
}

function* countLiveKeys(accountId: string, at: number): Unit<number> {
  const rows = yield* query((db) =>
    db
      .selectFrom('api_key')
      .select((eb) => eb.fn.countAll().as('count'))
      .where('account_id', '=', accountId)
      .where('revoked_at', 'is', null)
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', at)])),
  )
  return Number(one(rows).count)
}

function notFound(what: string, command: string): AppError {
  return new AppError('not_found', `No ${what} has this id.`, {
    hint: `List them with \`${command}\`.`,
  })
}

function noScope(): AppError {
  return new AppError('invalid_input', 'An API key needs at least one scope, each from the list.', {
    hint: `The scopes are ${SCOPES.join(', ')}.`,
  })
}

function endInThePast(): AppError {
  return new AppError('invalid_input', 'The API key would expire before it is issued.', {
    hint: 'Choose an end in the future, or none.',
  })
}

function tooManyKeys(accountId: string): AppError {
  const message = `This account has ${LIVE_KEYS_MAX} live API keys, the most it may have.`
  return new AppError('invalid_input', message, {
    hint: `Revoke one first: \`inkwell keys list --account ${accountId}\` shows them.`,
  })
}

function unauthorized(): AppError {
  return new AppError('unauthorized', 'No valid API key came with this request.', {
    hint: 'Send one as `Authorization: Bearer ink_…`; whoever runs this server gives it out.',
  })
}
