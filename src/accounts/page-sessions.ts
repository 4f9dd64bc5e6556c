import { crypto } from '../crypto.ts'
import { query, type TransactionBody } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { storedModelList } from '../pricing/model-list.ts'
import { hashOf, isLive } from './api-key.ts'
import { groupOf } from './groups.ts'
import { principalOfKey, type Principal } from './principal.ts'
import type { PageSessionTable } from '../db/schema/accounts.ts'
import { SCOPES } from './scopes.ts'

/** How long a browser stays signed in, and how long a link can be opened, in milliseconds. */
export const PAGE_SESSION_MS = 12 * 3_600_000
export const PAGE_LINK_MS = 2 * 60_000

const LIFE_MS = { session: PAGE_SESSION_MS, link: PAGE_LINK_MS }

type Owner = { accountId: string; keyId: string }

/** Signs a browser in. Returns the token for its cookie; only the hash is stored. */
export function* openPageSession(owner: Owner, at: number): TransactionBody<string> {
  yield* query((db) => db.deleteFrom('page_session').where('expires_at', '<=', at))
  return yield* issue('session', owner, at)
}

/** Returns a token that signs a browser in to an account, once, without a key. For the owner of this machine. */
export function* issuePageLink(accountId: string, at: number): TransactionBody<string> {
  return yield* issue('link', { accountId, keyId: '' }, at)
}

/** Uses up a link and begins a session. Returns the session token. Throws `unauthorized` for a used or expired link. */
export function* redeemPageLink(token: string, at: number): TransactionBody<string> {
  const [link] = yield* query((db) =>
    db
      .deleteFrom('page_session')
      .where('hash', '=', hashOf(token))
      .where('kind', '=', 'link')
      .where('expires_at', '>', at)
      .returningAll(),
  )
  if (link === undefined) throw linkUsed()
  return yield* openPageSession({ accountId: link.account_id, keyId: link.key_id }, at)
}

/** Ends a session at once. */
export function* closePageSession(token: string): TransactionBody<void> {
  yield* query((db) => db.deleteFrom('page_session').where('hash', '=', hashOf(token)))
}

/** Returns the principal of a session token; null if the token has expired, or its key is revoked or expired. */
export function* findPageSession(token: string, at: number): TransactionBody<Principal | null> {
  const [session] = yield* query((db) =>
    db
      .selectFrom('page_session')
      .innerJoin('account', 'account.id', 'page_session.account_id')
      .select(['page_session.key_id', 'account.id', 'account.name', 'account.models'])
      .where('page_session.hash', '=', hashOf(token))
      .where('page_session.kind', '=', 'session')
      .where('page_session.expires_at', '>', at),
  )
  if (session === undefined) return null
  const account = { id: session.id, name: session.name }
  const models = { account: storedModelList(session.models), key: null }
  if (session.key_id === '')
    return {
      account,
      keyId: '',
      scopes: SCOPES,
      caps: NO_CAPS,
      group: null,
      models,
      lastUsedAt: null,
    }
  const [key] = yield* query((db) =>
    db.selectFrom('api_key').selectAll().where('id', '=', session.key_id),
  )
  if (key === undefined || !isLive({ revokedAt: key.revoked_at, expiresAt: key.expires_at }, at))
    return null
  const group = yield* groupOf(key.group_id)
  const named = { ...key, account_name: account.name, account_models: session.models }
  return principalOfKey(named, group)
}

const NO_CAPS = {
  session: null,
  day: null,
  month: null,
  total: null,
  call: null,
  approveAbove: null,
}

function* issue(
  kind: PageSessionTable['kind'],
  { accountId, keyId }: Owner,
  at: number,
): TransactionBody<string> {
  const token = crypto().randomBytes(32).toString('base64url')
  yield* query((db) =>
    db.insertInto('page_session').values({
      hash: hashOf(token),
      kind,
      account_id: accountId,
      key_id: keyId,
      expires_at: at + LIFE_MS[kind],
    }),
  )
  return token
}

function linkUsed(): AppError {
  return new AppError('unauthorized', 'This link was opened before, or is older than 2 minutes.', {
    hint: 'Ask for a new link, or sign in with an API key.',
  })
}
