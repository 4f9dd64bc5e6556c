import { hashOf } from '../accounts/api-key.ts'
import { preparedQuery, type TransactionBody } from '../db/db.ts'
import type { OAuthRecordTable } from '../db/schema/connect.ts'

/** What is known of a record: JSON that this process wrote. */
type Payload = Record<string, unknown>

/** A record as it was written, without its id, and when it was used up (milliseconds since 1970), if it was. */
export type Stored = { payload: Payload; consumedAt: number | null }

type NewRecord = Pick<OAuthRecordTable, 'kind' | 'grant_id' | 'user_code' | 'expires_at'> & {
  id: string
  payload: Payload
}

const upsert = preparedQuery((db, p: Omit<OAuthRecordTable, 'consumed_at'>) =>
  db
    .insertInto('oauth_record')
    .values({
      kind: p.kind,
      hash: p.hash,
      grant_id: p.grant_id,
      user_code: p.user_code,
      payload: p.payload,
      expires_at: p.expires_at,
    })
    .onConflict((on) =>
      on.columns(['kind', 'hash']).doUpdateSet((eb) => ({
        grant_id: eb.ref('excluded.grant_id'),
        user_code: eb.fn.coalesce('excluded.user_code', 'oauth_record.user_code'),
        payload: eb.ref('excluded.payload'),
        expires_at: eb.ref('excluded.expires_at'),
      })),
    ),
)

/** Writes a record, or writes it anew. */
export function* storeRecord(record: NewRecord): TransactionBody<void> {
  const { kind, id, grant_id, user_code, payload, expires_at } = record
  yield* upsert({
    kind,
    hash: hashOf(id),
    grant_id,
    user_code: user_code === null ? null : hashOf(user_code),
    payload: JSON.stringify(payload),
    expires_at,
  })
}

const insertOnce = preparedQuery(
  (db, p: Pick<OAuthRecordTable, 'kind' | 'hash' | 'payload' | 'expires_at'>) =>
    db
      .insertInto('oauth_record')
      .values({ kind: p.kind, hash: p.hash, payload: p.payload, expires_at: p.expires_at })
      .onConflict((on) => on.doNothing()),
)

/** Writes a record if there is none with this id. */
export function* storeRecordOnce({
  kind,
  id,
  payload,
  expires_at,
}: Omit<NewRecord, 'grant_id' | 'user_code'>): TransactionBody<void> {
  yield* insertOnce({ kind, hash: hashOf(id), payload: JSON.stringify(payload), expires_at })
}

const select = preparedQuery((db, p: { kind: string; hash: string; at: number }) =>
  db
    .selectFrom('oauth_record')
    .select(['payload', 'consumed_at'])
    .where('kind', '=', p.kind)
    .where('hash', '=', p.hash)
    .where('expires_at', '>', p.at),
)

/** Returns a record that has not expired, or null. */
export function* findRecord(kind: string, id: string, at: number): TransactionBody<Stored | null> {
  return toStored(yield* select({ kind, hash: hashOf(id), at }))
}

const selectByCode = preparedQuery((db, p: { user_code: string; at: number }) =>
  db
    .selectFrom('oauth_record')
    .select(['payload', 'consumed_at'])
    .where('user_code', '=', p.user_code)
    .where('expires_at', '>', p.at),
)

/** Returns the record of a device by the code that a person typed, or null. */
export function* findByUserCode(code: string, at: number): TransactionBody<Stored | null> {
  return toStored(yield* selectByCode({ user_code: hashOf(code), at }))
}

function toStored([row]: Pick<OAuthRecordTable, 'payload' | 'consumed_at'>[]): Stored | null {
  if (row === undefined) return null
  return { payload: JSON.parse(row.payload) as Payload, consumedAt: row.consumed_at }
}

const consume = preparedQuery((db, p: { kind: string; hash: string; at: number }) =>
  db
    .updateTable('oauth_record')
    .set({ consumed_at: p.at })
    .where('kind', '=', p.kind)
    .where('hash', '=', p.hash)
    .where('consumed_at', 'is', null)
    .returning('hash'),
)

/** Uses a record up. Returns false for one that was used up before: of two that try at once, one gets it. */
export function* consumeRecord(kind: string, id: string, at: number): TransactionBody<boolean> {
  return (yield* consume({ kind, hash: hashOf(id), at })).length > 0
}

const remove = preparedQuery((db, p: { kind: string; hash: string }) =>
  db.deleteFrom('oauth_record').where('kind', '=', p.kind).where('hash', '=', p.hash),
)

/** Deletes a record. */
export function* deleteRecord(kind: string, id: string): TransactionBody<void> {
  yield* remove({ kind, hash: hashOf(id) })
}

/** Deletes the records of a grant: those of one kind. */
export const deleteOfGrant = preparedQuery((db, p: { kind: string; grant_id: string }) =>
  db.deleteFrom('oauth_record').where('kind', '=', p.kind).where('grant_id', '=', p.grant_id),
)

/** Deletes what has expired. */
export const deleteExpired = preparedQuery((db, p: { at: number }) =>
  db.deleteFrom('oauth_record').where('expires_at', '<=', p.at),
)

const extend = preparedQuery((db, p: { kind: string; hash: string; expires_at: number }) =>
  db
    .updateTable('oauth_record')
    .set({ expires_at: p.expires_at })
    .where('kind', '=', p.kind)
    .where('hash', '=', p.hash),
)

/** Keeps a record until another time, in milliseconds since 1970. */
export function* keepRecord(kind: string, id: string, until: number): TransactionBody<void> {
  yield* extend({ kind, hash: hashOf(id), expires_at: until })
}
