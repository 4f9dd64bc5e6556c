import { expect, test } from 'vitest'
import { createAccount } from '../../src/accounts/accounts.ts'
import { isLive } from '../../src/accounts/api-key.ts'
import { authenticate } from '../../src/accounts/principal.ts'
import { issueKey, listKeys, updateKey, type KeyOptions } from '../../src/accounts/keys.ts'
import { LIVE_KEYS_MAX } from '../../src/accounts/key-refusals.ts'
import { temporaryLedger } from '../support/databases.ts'
import { onEachEngine } from '../support/engines.ts'

const NOW = Date.UTC(2026, 10, 28, 12)

onEachEngine(() => {
  test('a later end brings no key too many back to life, whoever tries at once', async () => {
    await using ledger = await temporaryLedger()
    const { db } = ledger
    const { id } = await db.write(() => createAccount('Ada', NOW))
    const issue = (options: KeyOptions, at: number) => db.write(() => issueKey(id, options, at))
    const later = NOW + 60_000
    const ended: string[] = []
    for (let number = 0; number < 4; number += 1)
      ended.push((await issue({ expiresAt: later }, NOW)).id)
    await db.write(function* filling() {
      for (let live = 1; live < LIVE_KEYS_MAX; live += 1) yield* issueKey(id, {}, later)
    })
    const tries = await Promise.allSettled(
      ended.map((key) => db.write(() => updateKey(key, { expiresAt: null }, later))),
    )
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const keys = await db.read(() => listKeys(id))
    expect(keys.filter((key) => isLive(key, later))).toHaveLength(LIVE_KEYS_MAX)
    expect(keys).toHaveLength(LIVE_KEYS_MAX + 3)
  })
  test('changed caps are those of the next request, and the others stay', async () => {
    await using ledger = await temporaryLedger()
    const { db } = ledger
    const { id } = await db.write(() => createAccount('Ada', NOW))
    const issued = await db.write(() => issueKey(id, { caps: { day: 5, total: 9 } }, NOW))
    const caps = { day: null, call: 3 }
    await db.write(() => updateKey(issued.id, { caps }, NOW))
    const { caps: now } = await db.read(() => authenticate(issued.key, NOW))
    expect(now).toEqual({
      session: null,
      day: null,
      month: null,
      total: 9,
      approveAbove: null,
      call: 3,
    })
  })
})
