import { expect, test } from 'vitest'
import { createAccount } from '../../src/accounts/accounts.ts'
import { issueKey, listKeys } from '../../src/accounts/keys.ts'
import { authenticate, touchIsDue, touchKey } from '../../src/accounts/principal.ts'
import type { Db } from '../../src/db/db.ts'
import { temporaryLedger } from '../support/databases.ts'
import { onEachEngine } from '../support/engines.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const MINUTE = 60_000

const enter = (db: Db, key: string) => db.read(() => authenticate(key, NOW))
const lastUse = async (db: Db) => (await db.read(() => listKeys()))[0]?.lastUsedAt

async function ledgerWithKey() {
  const ledger = await temporaryLedger()
  const { id } = await ledger.db.write(() => createAccount('Ada', NOW))
  return Object.assign(ledger, { issued: await ledger.db.write(() => issueKey(id, {}, NOW)) })
}

onEachEngine(() => {
  test('the use of a key is written at most once a minute, whoever asks how often', async () => {
    await using ledger = await ledgerWithKey()
    const { db, issued } = ledger
    const touch = (at: number) => db.write(() => touchKey(issued.id, at))
    const writes = await Promise.all(Array.from({ length: 20 }, () => touch(NOW)))
    expect(writes.filter(Boolean)).toHaveLength(1)
    expect(await lastUse(db)).toBe(NOW)
    expect(await touch(NOW + MINUTE - 1)).toBe(false)
    expect(await touch(NOW - MINUTE)).toBe(false)
    expect(await lastUse(db)).toBe(NOW)
    expect(await touch(NOW + MINUTE)).toBe(true)
    expect(await lastUse(db)).toBe(NOW + MINUTE)
  })

  test('a principal tells whether its use is due to be noted, without a write', async () => {
    await using ledger = await ledgerWithKey()
    const { db, issued } = ledger
    expect(touchIsDue(await enter(db, issued.key), NOW)).toBe(true)
    await db.write(() => touchKey(issued.id, NOW))
    const principal = await enter(db, issued.key)
    expect(principal.lastUsedAt).toBe(NOW)
    expect(touchIsDue(principal, NOW + MINUTE - 1)).toBe(false)
    expect(touchIsDue(principal, NOW + MINUTE)).toBe(true)
  })
})
