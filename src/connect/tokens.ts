import * as z from 'zod'
import { hashOf } from '../accounts/api-key.ts'
import { principalById, unauthorized, type Principal } from '../accounts/principal.ts'
import { preparedQuery, type TransactionBody } from '../db/db.ts'

// The kind stands in the statement: a token of another kind never opens anything.
const selectToken = preparedQuery((db, p: { hash: string; at: number }) =>
  db
    .selectFrom('oauth_record')
    .innerJoin('connection', 'connection.grant_id', 'oauth_record.grant_id')
    .select(['oauth_record.payload', 'connection.key_id'])
    .where('oauth_record.kind', '=', 'AccessToken')
    .where('oauth_record.hash', '=', p.hash)
    .where('oauth_record.expires_at', '>', p.at),
)

const TokenShape = z.object({ aud: z.string(), scope: z.string().default('') })

/**
 * Returns the principal of an access token: that of its connection, with the scopes of the token. Throws the same
 * `unauthorized` error for a token that is unknown, expired, for another resource, or of a connection that has ended.
 */
export function* authenticateToken(
  token: string,
  { resources, at }: { resources: readonly string[]; at: number },
): TransactionBody<Principal> {
  const [row] = yield* selectToken({ hash: hashOf(token), at })
  const principal = row === undefined ? null : yield* principalById(row.key_id, at)
  if (row === undefined || principal === null) throw unauthorized()
  const { aud, scope } = TokenShape.parse(JSON.parse(row.payload))
  if (!resources.includes(aud)) throw unauthorized()
  const granted = scope.split(' ')
  return { ...principal, scopes: principal.scopes.filter((name) => granted.includes(name)) }
}
