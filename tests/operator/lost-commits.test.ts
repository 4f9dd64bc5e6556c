import { describe, expect, test } from 'vitest'
import { freshKey, listKeys } from '../../src/accounts/keys.ts'
import { listActs } from '../../src/operator/audit.ts'
import { resumeAccount, suspendAccount } from '../../src/operator/accounts.ts'
import { createKey } from '../../src/operator/keys.ts'
import { publicKeys, rotateKey, signingKey } from '../../src/receipts/signing-keys.ts'
import { ledgerBehindProxy } from '../support/behind-proxy.ts'
import { ENGINES, temporaryLedger } from '../support/databases.ts'
import { actOf } from '../support/operator-acts.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const ADA = 'acct_1'

describe.runIf(ENGINES.includes('postgres'))('a commit whose answer is lost', () => {
  test('of a new API key leaves one key, with its act', async () => {
    await using ledger = await ledgerBehindProxy(NOW)
    const { db, far, proxy } = ledger
    const options = { fresh: freshKey(NOW) }
    const { author } = actOf(NOW)
    proxy.loseCommits(1)
    const issued = await far.write(() => createKey(ADA, options, author))
    expect(proxy.lost).toBe(1)
    expect((await db.read(() => listKeys(ADA))).map(({ id }) => id)).toEqual([issued.id])
    const { acts } = await db.read(() => listActs({ limit: 10 }))
    expect(acts.map(({ subject }) => subject)).toEqual([issued.id])
  })

  test('of a new signing key leaves a key that signs', async () => {
    await using ledger = await ledgerBehindProxy(NOW)
    const { db, far, proxy } = ledger
    const first = await signingKey(db, NOW)
    proxy.loseCommits(1)
    const kid = await rotateKey(far, NOW)
    expect(proxy.lost).toBe(1)
    expect((await signingKey(db, NOW)).kid).toBe(kid)
    expect((await db.read(publicKeys)).map((key) => key.kid)).toEqual([kid, first.kid])
  })

  test('of a suspension does not suspend again what was resumed since', async () => {
    await using ledger = await ledgerBehindProxy(NOW)
    const { db } = ledger
    const { author } = actOf(NOW)
    await db.write(() => suspendAccount(ADA, 'abuse', author))
    await db.write(() => resumeAccount(ADA, null, actOf(NOW + 1).author))
    const again = await db.write(() => suspendAccount(ADA, 'abuse', author))
    expect(again.state).toBe('open')
  })
})

test('many rotations at once leave one key that signs, and lose none', async () => {
  await using ledger = await temporaryLedger()
  const { db } = ledger
  const kids = await Promise.all(Array.from({ length: 8 }, () => rotateKey(db, NOW)))
  const known = (await db.read(publicKeys)).map((key) => key.kid ?? '')
  expect(known.toSorted()).toEqual(kids.toSorted())
  expect((await signingKey(db, NOW)).kid).toBe(known[0])
})
