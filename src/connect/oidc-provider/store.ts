import { errors, type Adapter, type AdapterPayload } from 'oidc-provider'
import type { Db } from '../../db/db.ts'
import { endConnectionOf } from '../connections.ts'
import {
  consumeRecord,
  deleteExpired,
  deleteOfGrant,
  deleteRecord,
  findByUserCode,
  findRecord,
  keepRecord,
  storeRecord,
  type Stored,
} from '../records.ts'

/** A client that registered itself and was never let in is forgotten after this time, in milliseconds. */
const UNUSED_CLIENT_MS = 24 * 3_600_000
/** One that was let in is remembered for this long after its last token, in milliseconds. */
const CLIENT_MS = 90 * 24 * 3_600_000

/** What is kept of a browser's session: the form it shows. Who signed in is the business of the usage page. */
const SESSION_FIELDS: ReadonlySet<string> = new Set(['exp', 'iat', 'uid', 'kind', 'state'])

/** Returns whether a field of a record is stored: its id is not, but for that of a device, which is found by its code. */
function isKept(kind: string, field: string): boolean {
  if (field === 'jti') return kind === 'DeviceCode'
  return kind !== 'Session' || SESSION_FIELDS.has(field)
}

type Deps = { db: Db; now: () => number }

/** Keeps one kind of record of the library in the ledger's database. Ids are stored as hashes. */
export function createStore({ db, now }: Deps, kind: string): Adapter {
  const revived = (id: string | undefined, found: Stored | null): AdapterPayload | undefined =>
    found === null
      ? undefined
      : {
          ...found.payload,
          ...(id !== undefined && kind !== 'Client' && { jti: id }),
          ...(found.consumedAt !== null && { consumed: Math.floor(found.consumedAt / 1000) }),
        }
  return {
    upsert: (id, payload, expiresIn) => {
      const at = now()
      const kept = Object.entries(payload).filter(([name]) => isKept(kind, name))
      return db.write(function* storing() {
        if (kind === 'Interaction') yield* deleteExpired({ at })
        if (kind === 'AccessToken')
          yield* keepRecord('Client', payload.clientId ?? '', at + CLIENT_MS)
        yield* storeRecord({
          kind,
          id,
          grant_id: payload.grantId ?? null,
          user_code: payload.userCode ?? null,
          payload: Object.fromEntries(kept),
          expires_at: at + (kind === 'Client' ? UNUSED_CLIENT_MS : (expiresIn ?? 0) * 1000),
        })
      })
    },
    find: async (id) => revived(id, await db.read(() => findRecord(kind, id, now()))),
    findByUid: () => Promise.resolve(undefined), // a token does not end with a browser's session
    findByUserCode: async (code) => {
      const found = await db.read(() => findByUserCode(code, now()))
      return revived(undefined, found)
    },
    consume: async (id) => {
      if (await db.write(() => consumeRecord(kind, id, now()))) return
      throw new errors.InvalidGrant('it was used before') // by another server, at the same moment
    },
    destroy: (id) =>
      db.write(function* destroying() {
        yield* deleteRecord(kind, id)
        if (kind === 'Grant') yield* endConnectionOf(id, now())
      }),
    revokeByGrantId: async (grantId) => {
      await db.write(() => deleteOfGrant({ kind, grant_id: grantId }))
    },
  }
}
