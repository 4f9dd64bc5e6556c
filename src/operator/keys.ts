import { openIfLocal } from '../accounts/accounts.ts'
import type { ApiKey, KeyCaps } from '../accounts/api-key.ts'
import type { GroupCaps } from '../accounts/groups.ts'
import {
  issueKey,
  revokeKey,
  updateKey,
  type FreshKey,
  type KeyChanges,
  type KeyOptions,
} from '../accounts/keys.ts'
import { rotateKey } from '../accounts/rotate-key.ts'
import type { TransactionBody } from '../db/db.ts'
import { DAY_MS } from '../ledger/rules.ts'
import { display } from '../money.ts'
import { record, type Author } from './audit.ts'

/** How long the secret before a rotation is accepted by default, and at most, in milliseconds. */
export const GRACE_MS = DAY_MS
export const GRACE_MAX_MS = 30 * DAY_MS

/** Issues a key. Throws the errors of `issueKey`. */
export function* createKey(
  accountId: string,
  options: KeyOptions & { fresh: FreshKey },
  author: Author,
): TransactionBody<ApiKey & { key: string }> {
  yield* openIfLocal(accountId, author.at)
  const issued = yield* issueKey(accountId, options, author.at)
  const details = detailsOf(options)
  yield* record(author, {
    action: 'keys.create',
    account_id: accountId,
    subject: issued.id,
    details,
  })
  return issued
}

/** Changes a key. Throws the errors of `updateKey`. */
export function* changeKey(
  id: string,
  changes: KeyChanges,
  author: Author,
): TransactionBody<ApiKey> {
  const key = yield* updateKey(id, changes, author.at)
  yield* record(author, {
    action: 'keys.update',
    account_id: key.accountId,
    subject: id,
    details: detailsOf(changes),
  })
  return key
}

/** Gives a key a new secret; the one before is accepted for `graceMs`. Throws the errors of `rotateKey`. */
export function* renewKey(
  id: string,
  { secret, graceMs }: { secret: string; graceMs: number },
  author: Author,
): TransactionBody<ApiKey & { key: string }> {
  const key = yield* rotateKey(id, { secret, oldUntil: author.at + graceMs })
  yield* record(author, {
    action: 'keys.rotate',
    account_id: key.accountId,
    subject: id,
    details: `grace=${graceMs / 3_600_000}h`,
  })
  return key
}

/** Revokes a key at once. Returns since when it is refused, in milliseconds since 1970. Throws `not_found`. */
export function* endKey(id: string, author: Author): TransactionBody<number> {
  const { revokedAt, accountId } = yield* revokeKey({ id }, author.at)
  yield* record(author, { action: 'keys.revoke', account_id: accountId, subject: id })
  return revokedAt
}

function detailsOf({ name, scopes, models, groupId, caps = {}, expiresAt }: KeyChanges): string {
  const end = typeof expiresAt === 'number' ? new Date(expiresAt).toISOString() : 'never'
  return [
    name !== undefined && `name=${name}`,
    scopes !== undefined && `scopes=${scopes.join(',')}`,
    models !== undefined && `models=${models?.join(',') ?? '*'}`,
    groupId !== undefined && `group=${groupId ?? 'none'}`,
    capsText(caps),
    expiresAt !== undefined && `expires=${end}`,
  ]
    .filter(Boolean)
    .join(' ')
}

/** Returns caps as text for the audit log. */
export function capsText(caps: Partial<KeyCaps> | Partial<GroupCaps>): string {
  const set = Object.entries(caps).filter(([, cap]) => cap !== undefined)
  return set.map(([name, cap]) => `${name}=${cap === null ? 'none' : display(cap)}`).join(' ')
}
