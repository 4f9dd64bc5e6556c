import { crypto } from '../crypto.ts'
import { micro } from '../money.ts'
import { storedModelList, type ModelList } from '../pricing/model-list.ts'
import type { ApiKeyTable } from '../db/schema/accounts.ts'
import { scopesOf, type Scope } from './scopes.ts'

/** Caps of a key in micro-dollars. Null is no cap; 0 refuses every paid call. */
export type KeyCaps = {
  session: number | null
  day: number | null
  month: number | null
  total: number | null
  /** The largest price of one call. */
  call: number | null
  /** A call with a higher price needs the approval of a person. */
  approveAbove: number | null
}

/** What can be shown of a key after it is issued. Times are in milliseconds since 1970. */
export type ApiKey = {
  id: string
  /** A connection has no secret: a remote host uses it with tokens. */
  kind: 'key' | 'connection'
  accountId: string
  name: string | null
  prefix: string
  scopes: Scope[]
  caps: KeyCaps
  models: ModelList
  /** Null for none. */
  groupId: string | null
  /** Until when the secret before the last rotation is accepted; null if it is not, or there is none. */
  oldUntil: number | null
  expiresAt: number | null
  revokedAt: number | null
  lastUsedAt: number | null
  createdAt: number
}

/** Returns whether a key is accepted at a time: neither revoked nor expired. */
export function isLive(
  { revokedAt, expiresAt }: Pick<ApiKey, 'revokedAt' | 'expiresAt'>,
  at: number,
): boolean {
  return revokedAt === null && (expiresAt === null || at < expiresAt)
}

/** Returns whether a key is accepted, and if not, why. */
export function statusOf(key: ApiKey, at: number): 'live' | 'revoked' | 'expired' {
  if (isLive(key, at)) return 'live'
  return key.revokedAt === null ? 'expired' : 'revoked'
}

/**
 * Returns the SHA-256 of the whole key, in hex. A slow or salted hash is for passwords that people choose;
 * 256 random bits cannot be guessed from a fast hash, and every request needs one.
 */
export function hashOf(key: string): string {
  return crypto().hash('sha256', key)
}

/** Checks a cap. SQLite stores NaN as null, and an invalid cap must never mean no cap. */
export function capOf(amount: number | null): number | null {
  if (amount !== null && !(amount >= 0)) throw new RangeError(`not a cap: ${amount}`)
  return amount === null ? null : micro(amount)
}

/** Converts a row to what can be shown of a key. */
export function toApiKey(row: ApiKeyTable): ApiKey {
  return {
    id: row.id,
    kind: row.hash === row.id ? 'connection' : 'key',
    accountId: row.account_id,
    name: row.name,
    prefix: row.prefix,
    scopes: scopesOf(row.scopes.split(' ')) ?? [],
    caps: {
      session: row.session_cap,
      day: row.day_cap,
      month: row.month_cap,
      total: row.total_cap,
      call: row.call_cap,
      approveAbove: row.approve_above,
    },
    models: storedModelList(row.models),
    groupId: row.group_id,
    oldUntil: row.old_until,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastUsedAt: row.last_used_at,
    createdAt: row.created_at,
  }
}
