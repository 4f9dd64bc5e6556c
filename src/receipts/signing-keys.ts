import { query, type Db, type TransactionBody } from '../db/db.ts'
import { newKeyPair, type JWK, type KeyPair } from './jws.ts'

/** Returns the private key that signs now. The first one is made when it is first needed. `at` is in milliseconds since 1970. */
export async function signingKey(db: Db, at: number): Promise<JWK> {
  const known = await db.read(newestKey)
  if (known !== null) return known
  const pair = await newKeyPair()
  return await db.write(function* storing() {
    const first = yield* newestKey() // another process may have been first
    if (first !== null) return first
    yield* insertKey(pair, at)
    return pair.privateKey
  })
}

/**
 * Makes another key sign from now on, and forgets the private part of the one before. What it signed still verifies.
 * Returns the id of the new key.
 */
export async function rotateKey(db: Db, at: number): Promise<string> {
  const pair = await newKeyPair()
  return await db.write(function* rotating() {
    const number = yield* insertKey(pair, at)
    yield* query((kysely) =>
      kysely.updateTable('signing_key').set({ private_key: null }).where('number', '<', number),
    )
    return pair.kid
  })
}

/** Returns all public keys, the one that signs now first. They never change. */
export function* publicKeys(): TransactionBody<JWK[]> {
  const rows = yield* query((db) =>
    db.selectFrom('signing_key').select('public_key').orderBy('number', 'desc'),
  )
  return rows.map(({ public_key }) => JSON.parse(public_key) as JWK)
}

function* newestKey(): TransactionBody<JWK | null> {
  const [row] = yield* query((db) =>
    db
      .selectFrom('signing_key')
      .select('private_key')
      .where('private_key', 'is not', null)
      .orderBy('number', 'desc')
      .limit(1),
  )
  const text = row?.private_key ?? null
  return text === null ? null : (JSON.parse(text) as JWK)
}

/** Stores a key under the next number, once. Returns its number. */
function* insertKey(pair: KeyPair, at: number): TransactionBody<number> {
  for (;;) {
    yield* query((db, sql) =>
      db
        .insertInto('signing_key')
        .values({
          number: sql<number>`(select coalesce(max(number), 0) + 1 from signing_key)`,
          kid: pair.kid,
          public_key: JSON.stringify(pair.publicKey),
          private_key: JSON.stringify(pair.privateKey),
          created_at: at,
        })
        .onConflict((on) => on.doNothing()),
    )
    // There is none if another process has just taken the number. There may be one of an attempt whose commit was lost.
    const [row] = yield* query((db) =>
      db.selectFrom('signing_key').select('number').where('kid', '=', pair.kid),
    )
    if (row !== undefined) return row.number
  }
}
