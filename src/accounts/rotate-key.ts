import { crypto } from '../crypto.ts'
import { query, type TransactionBody } from '../db/db.ts'
import { notFound } from './accounts.ts'
import { hashOf, toApiKey, type ApiKey } from './api-key.ts'
import { alreadyRevoked, noSecret, rotatedMeanwhile } from './key-refusals.ts'

/** Length of the part of a key that is shown, in characters. */
export const PREFIX_LENGTH = 12

/**
 * Gives a key a new secret, which is `secret`. The one before is accepted until `oldUntil`, in milliseconds since 1970;
 * one that is older ends at once. Throws `not_found`, and `invalid_input` for a revoked key.
 */
export function* rotateKey(
  id: string,
  { secret, oldUntil }: { secret: string; oldUntil: number },
): TransactionBody<ApiKey & { key: string }> {
  const hash = hashOf(secret)
  const [before] = yield* query((db) => db.selectFrom('api_key').selectAll().where('id', '=', id))
  if (before === undefined) throw notFound('API key')
  if (before.hash === id) throw noSecret()
  if (before.hash === hash) return { ...toApiKey(before), key: secret } // the reply to the commit was lost
  const [row] = yield* query((db) =>
    db
      .updateTable('api_key')
      .set({
        old_hash: before.hash,
        old_until: oldUntil,
        hash,
        prefix: secret.slice(0, PREFIX_LENGTH),
      })
      .where('id', '=', id)
      .where('hash', '=', before.hash) // of two rotations at once one is done
      .where('revoked_at', 'is', null)
      .returningAll(),
  )
  if (row === undefined)
    throw before.revoked_at === null ? rotatedMeanwhile() : alreadyRevoked(before.account_id)
  return { ...toApiKey(row), key: secret }
}

/** Returns a new secret. Hex after one separator: a key has only one spelling. */
export function newSecret(): string {
  return `ink_${crypto().randomBytes(32).toString('hex')}`
}
