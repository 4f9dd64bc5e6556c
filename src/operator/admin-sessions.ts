import { hashOf } from '../accounts/api-key.ts'
import { PAGE_LINK_MS, PAGE_SESSION_MS } from '../accounts/page-sessions.ts'
import { crypto } from '../crypto.ts'
import { query, type TransactionBody } from '../db/db.ts'
import type { AdminSessionTable } from '../db/schema/operator.ts'
import { AppError } from '../errors.ts'
import { ADMIN_SCOPES, toAdminKey, type AdminScope } from './admin-keys.ts'

/** Who is signed in to the operator's page. */
export type Operator = {
  /** The author of what they do: the id of an admin key, or a user of the machine. */
  author: string
  /** For a person: the name of the admin key, or the user. */
  name: string
  scopes: readonly AdminScope[]
}

type Owner = Pick<AdminSessionTable, 'author' | 'key_id'>

/** Signs a browser in with an admin key. Returns the token for its cookie; only the hash is stored. */
export function* openAdminSession(keyId: string, at: number): TransactionBody<string> {
  return yield* issue('session', { author: keyId, key_id: keyId }, at)
}

/** Returns a token that signs a browser in once, without a key. For a user of the machine of the ledger. */
export function* issueAdminLink(author: string, at: number): TransactionBody<string> {
  return yield* issue('link', { author, key_id: null }, at)
}

/** Uses up a link and begins a session. Returns the session token. Throws `unauthorized` for a used or expired link. */
export function* redeemAdminLink(token: string, at: number): TransactionBody<string> {
  const [link] = yield* query((db) =>
    db
      .deleteFrom('admin_session')
      .where('hash', '=', hashOf(token))
      .where('kind', '=', 'link')
      .where('expires_at', '>', at)
      .returningAll(),
  )
  if (link === undefined) throw linkUsed()
  return yield* issue('session', { author: link.author, key_id: link.key_id }, at)
}

/** Ends a session at once. */
export function* closeAdminSession(token: string): TransactionBody<void> {
  yield* query((db) => db.deleteFrom('admin_session').where('hash', '=', hashOf(token)))
}

/** Returns who a session token signs in; null if the token has expired, or its admin key is revoked. */
export function* findOperator(token: string, at: number): TransactionBody<Operator | null> {
  const [session] = yield* query((db) =>
    db
      .selectFrom('admin_session')
      .select(['author', 'key_id'])
      .where('hash', '=', hashOf(token))
      .where('kind', '=', 'session')
      .where('expires_at', '>', at),
  )
  if (session === undefined) return null
  const { author, key_id } = session
  if (key_id === null) return { author, name: author, scopes: ADMIN_SCOPES }
  const [key] = yield* query((db) =>
    db.selectFrom('admin_key').selectAll().where('id', '=', key_id),
  )
  if (key === undefined || key.revoked_at !== null) return null
  const { name, scopes } = toAdminKey(key)
  return { author, name, scopes }
}

function* issue(
  kind: AdminSessionTable['kind'],
  owner: Owner,
  at: number,
): TransactionBody<string> {
  const token = crypto().randomBytes(32).toString('base64url')
  const expires_at = at + (kind === 'link' ? PAGE_LINK_MS : PAGE_SESSION_MS)
  yield* query((db) => db.deleteFrom('admin_session').where('expires_at', '<=', at))
  yield* query((db) =>
    db.insertInto('admin_session').values({ ...owner, hash: hashOf(token), kind, expires_at }),
  )
  return token
}

function linkUsed(): AppError {
  return new AppError('unauthorized', 'This link was opened before, or is older than 2 minutes.', {
    hint: 'Ask for a new link, or sign in with an admin key.',
  })
}
