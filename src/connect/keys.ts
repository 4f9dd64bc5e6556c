import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { JWK } from 'jose'
import type { TransactionBody } from '../db/db.ts'
import { findRecord, storeRecordOnce } from './records.ts'

/** How long the keys of the authorization server sign before new ones do, in milliseconds. */
const KEYS_PERIOD_MS = 30 * 24 * 3_600_000

/** Keys of one period: one that signs tokens, and the secret of the cookies. */
export type ServerKeys = { jwk: JWK; cookieSecret: string }

/** Returns the number of the period at a time. */
export function periodAt(at: number): number {
  return Math.floor(at / KEYS_PERIOD_MS)
}

/**
 * Returns the keys of this period, the next and the one before, those that sign first. The next ones exist a whole
 * period before they are used, so that every server of the ledger knows them by then.
 */
export function* serverKeys(at: number): TransactionBody<ServerKeys[]> {
  const period = periodAt(at)
  for (const number of [period, period + 1])
    if ((yield* findRecord('Keys', String(number), at)) === null)
      yield* storeRecordOnce({
        kind: 'Keys',
        id: String(number),
        payload: newKeys(number),
        expires_at: (number + 2) * KEYS_PERIOD_MS,
      })
  const keys: ServerKeys[] = []
  for (const number of [period, period + 1, period - 1]) {
    const found = yield* findRecord('Keys', String(number), at)
    if (found !== null) keys.push(found.payload as ServerKeys)
  }
  return keys
}

function newKeys(period: number): ServerKeys {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = privateKey.export({
    format: 'jwk',
  })
  return {
    jwk: { ...jwk, kid: `inkwell-${period}`, use: 'sig', alg: 'ES256' },
    cookieSecret: randomBytes(32).toString('base64url'),
  }
}
