import { nameOf } from '../accounts/accounts.ts'
import { hashOf } from '../accounts/api-key.ts'
import { crypto } from '../crypto.ts'
import { query, type TransactionBody } from '../db/db.ts'
import type { AdminKeyTable } from '../db/schema/operator.ts'
import { AppError } from '../errors.ts'
import { record, type Author } from './audit.ts'

/** What an admin key may do: read everything, or also act. */
export const ADMIN_SCOPES = ['read', 'money'] as const
export type AdminScope = (typeof ADMIN_SCOPES)[number]

/** Length of the part of a key that is shown, in characters. */
const PREFIX_LENGTH = 15

/** What can be shown of an admin key. Times are in milliseconds since 1970. */
export type AdminKey = {
  id: string
  name: string
  prefix: string
  scopes: AdminScope[]
  createdAt: number
  revokedAt: number | null
}

/** Returns a new secret. Its beginning tells it from the keys of accounts. */
export function newAdminSecret(): string {
  return `inkadm_${crypto().randomBytes(32).toString('hex')}`
}

/** Issues an admin key; `id` and `secret` are chosen before the transaction. Throws `invalid_input` for its name. */
export function* issueAdminKey(
  asked: { id: string; secret: string; name: string; scopes: readonly AdminScope[] },
  author: Author,
): TransactionBody<AdminKey> {
  const { id, secret, name, scopes } = asked
  const row: AdminKeyTable = {
    id,
    hash: hashOf(secret),
    prefix: secret.slice(0, PREFIX_LENGTH),
    name: nameOf(name, 'key'),
    scopes: scopes.join(' '),
    created_at: author.at,
    revoked_at: null,
  }
  yield* query((db) =>
    db
      .insertInto('admin_key')
      .values(row)
      .onConflict((on) => on.column('id').doNothing()),
  )
  const details = `name=${row.name} scopes=${scopes.join(',')}`
  yield* record(author, { action: 'admin_keys.create', account_id: '', subject: id, details })
  return toAdminKey(row)
}

/** Refuses an admin key from now on. Returns since when, in milliseconds since 1970. Throws `not_found`. */
export function* revokeAdminKey(id: string, author: Author): TransactionBody<number> {
  const [row] = yield* query((db, sql) =>
    db
      .updateTable('admin_key')
      .set({ revoked_at: sql<number>`coalesce(revoked_at, ${author.at})` })
      .where('id', '=', id)
      .returning('revoked_at'),
  )
  if (row === undefined)
    throw new AppError('not_found', 'No admin key has this id.', {
      hint: 'Check the id.',
      localHint: 'List them with `inkwell admin keys list`.',
    })
  yield* record(author, { action: 'admin_keys.revoke', account_id: '', subject: id })
  return row.revoked_at ?? author.at
}

/** Returns all admin keys, oldest first. */
export function* listAdminKeys(): TransactionBody<AdminKey[]> {
  const rows = yield* query((db) => db.selectFrom('admin_key').selectAll().orderBy('id'))
  return rows.map(toAdminKey)
}

/** Returns the admin key with this secret. Throws `unauthorized` for any other text. */
export function* authenticateAdmin(secret: string): TransactionBody<AdminKey> {
  const [row] = /^inkadm_[0-9a-f]{64}$/.test(secret)
    ? yield* query((db) =>
        db.selectFrom('admin_key').selectAll().where('hash', '=', hashOf(secret)),
      )
    : []
  if (row !== undefined && row.revoked_at === null) return toAdminKey(row)
  throw new AppError('unauthorized', 'No valid admin key came with this request.', {
    hint: 'Send one as `Authorization: Bearer inkadm_…`; only the command line of the server makes them.',
  })
}

/** Throws `forbidden`, naming the scope, if an admin key lacks it. */
export function requireAdminScope(
  { scopes }: { scopes: readonly AdminScope[] },
  scope: AdminScope,
): void {
  if (scopes.includes(scope)) return
  throw new AppError('forbidden', `This admin key lacks the scope ${scope}.`, {
    hint: 'Use an admin key that has this scope.',
  })
}

/** Converts a row to what can be shown of an admin key. */
export function toAdminKey(row: AdminKeyTable): AdminKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: ADMIN_SCOPES.filter((scope) => row.scopes.split(' ').includes(scope)),
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  }
}
