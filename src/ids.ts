import { crypto } from './crypto.ts'

export type IdPrefix = 'acct' | 'key' | 'ses' | 'gen' | 'txn_topup' | 'txn_refund' | 'asset' | 'pur'

/** A new prefixed id that sorts by time: 48 bits of milliseconds, then 80 random bits, in hex. */
export function newId(prefix: IdPrefix, atMs = Date.now()): string {
  return `${prefix}_${atMs.toString(16).padStart(12, '0')}${crypto().randomBytes(10).toString('hex')}`
}
