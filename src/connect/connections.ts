import { hashOf, toApiKey, type ApiKey } from '../accounts/api-key.ts'
import { unauthorized } from '../accounts/principal.ts'
import { issueConnectionKey, revokeKey, type KeyOptions } from '../accounts/keys.ts'
import { preparedQuery, query, type TransactionBody } from '../db/db.ts'
import type { ConnectionTable } from '../db/schema/connect.ts'
import { lockAccount } from '../ledger/queries/account.ts'
import { lower } from '../ledger/rules.ts'
import { storedModelList } from '../pricing/model-list.ts'

/** A remote host that a person let in, with the caps and the end of its key. */
export type Connection = ApiKey & { clientId: string; sendsTo: string }

/** What a person approved. */
export type Approval = {
  accountId: string
  /** The id of the request, which is a secret of one browser. */
  request: string
  grantId: string
  client: { id: string; name: string; sendsTo: string }
  terms: Pick<KeyOptions, 'scopes' | 'caps'> & { expiresAt: number | null }
  /** The key that signed in, or ''. The connection uses no other models, and does not outlive it. */
  approvedBy: string
  /** Whether the connection ends when that key is revoked. */
  endsWithKey: boolean
  /** Whether it takes the place of the earlier connections of this client. */
  replaces: boolean
}

/** A connection of which no client holds a token is given up after this time, in milliseconds. */
const ABANDONED_MS = 15 * 60_000

/**
 * Makes a connection, once for each request. Returns its key and its grant. Connections of the account that their
 * clients gave up are ended. Throws the errors of `issueKey`.
 */
export function* connect(
  approval: Approval,
  at: number,
): TransactionBody<{ keyId: string; grantId: string }> {
  const { accountId, client, grantId, replaces } = approval
  const request = hashOf(approval.request)
  const [known] = yield* selectByRequest({ request })
  if (known !== undefined) return { keyId: known.key_id, grantId: known.grant_id }
  yield* lockAccount({ id: accountId })
  const abandoned = yield* selectAbandoned({ account_id: accountId, at, before: at - ABANDONED_MS })
  const replaced = replaces ? yield* connectionsOf({ accountId, clientId: client.id }, at) : []
  for (const id of [...abandoned.map((row) => row.key_id), ...replaced])
    yield* revokeKey({ id }, at)
  const key = yield* issueConnectionKey(accountId, yield* keyFor(approval, at), at)
  yield* insert({
    key_id: key.id,
    account_id: accountId,
    grant_id: grantId,
    request,
    client_id: client.id,
    sends_to: client.sendsTo,
    created_at: at,
  })
  return { keyId: key.id, grantId }
}

/** The key that approves is locked: whoever revokes it or changes its group meanwhile finds the new connection. */
function* keyFor({ client, terms, approvedBy, endsWithKey }: Approval, at: number) {
  const [approver] = yield* lockLive({ id: approvedBy, at })
  if (approver === undefined && approvedBy !== '') throw unauthorized()
  return {
    ...terms,
    name: client.name,
    models: storedModelList(approver?.models ?? null),
    groupId: approver?.group_id ?? null, // whose caps it must not get around
    expiresAt: lower(terms.expiresAt, approver?.expires_at ?? null),
    endsWith: endsWithKey && approver !== undefined ? approvedBy : null,
  }
}

/** Returns the keys of the live connections of a client to an account. */
export function* connectionsOf(
  { accountId, clientId }: { accountId: string; clientId: string },
  at: number,
): TransactionBody<string[]> {
  const live = yield* listConnections(accountId, at)
  return live.filter((one) => one.clientId === clientId).map(({ id }) => id)
}

/** Returns the live connections of an account, latest first. */
export function* listConnections(accountId: string, at: number): TransactionBody<Connection[]> {
  const rows = yield* query((db) =>
    db
      .selectFrom('connection')
      .innerJoin('api_key', 'api_key.id', 'connection.key_id')
      .selectAll('api_key')
      .select(['connection.client_id', 'connection.sends_to'])
      .where('connection.account_id', '=', accountId)
      .where('revoked_at', 'is', null)
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', at)]))
      .orderBy('connection.created_at', 'desc')
      .orderBy('connection.key_id', 'desc'),
  )
  return rows.map(({ client_id, sends_to, ...key }) => ({
    ...toApiKey(key),
    clientId: client_id,
    sendsTo: sends_to,
  }))
}

/** Ends the connection of a grant, if it has one: a client gave its token back, or used one twice. */
export function* endConnectionOf(grantId: string, at: number): TransactionBody<void> {
  const [row] = yield* selectByGrant({ grant_id: grantId })
  if (row !== undefined) yield* revokeKey({ id: row.key_id }, at)
}

const lockLive = preparedQuery((db, p: { id: string; at: number }, sql) =>
  db
    .updateTable('api_key')
    .set({ name: sql<string>`name` })
    .where('id', '=', p.id)
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', p.at)]))
    .returning(['models', 'group_id', 'expires_at']),
)

const selectByRequest = preparedQuery((db, p: { request: string }) =>
  db.selectFrom('connection').select(['key_id', 'grant_id']).where('request', '=', p.request),
)

const selectByGrant = preparedQuery((db, p: { grant_id: string }) =>
  db.selectFrom('connection').select('key_id').where('grant_id', '=', p.grant_id),
)

const selectAbandoned = preparedQuery((db, p: { account_id: string; at: number; before: number }) =>
  db
    .selectFrom('connection')
    .innerJoin('api_key', 'api_key.id', 'connection.key_id')
    .select('connection.key_id')
    .where('connection.account_id', '=', p.account_id)
    .where('connection.created_at', '<', p.before)
    .where('revoked_at', 'is', null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('oauth_record')
            .select('hash')
            .whereRef('oauth_record.grant_id', '=', 'connection.grant_id')
            .where('oauth_record.expires_at', '>', p.at),
        ),
      ),
    ),
)

const insert = preparedQuery((db, p: ConnectionTable) =>
  db.insertInto('connection').values({
    key_id: p.key_id,
    account_id: p.account_id,
    grant_id: p.grant_id,
    request: p.request,
    client_id: p.client_id,
    sends_to: p.sends_to,
    created_at: p.created_at,
  }),
)
