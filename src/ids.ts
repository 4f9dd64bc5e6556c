import { crypto } from './crypto.ts'

export type IdPrefix =
  | 'acct'
  | 'key'
  | 'ses'
  | 'gen'
  | 'txn_topup'
  | 'txn_refund'
  | 'asset'
  | 'pur'
  | 'ref'
  | 'aud'
  | 'grp'
  | 'adm'
  | 'alert'
  | 'apr'

/** Returns a new id that sorts by time: a prefix, then in hex 48 bits of milliseconds since 1970 and 80 random bits. */
export function newId(prefix: IdPrefix, atMs = Date.now()): string {
  return `${prefix}_${atMs.toString(16).padStart(12, '0')}${crypto().randomBytes(10).toString('hex')}`
}
