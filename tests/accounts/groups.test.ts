import { expect, test } from 'vitest'
import { createAccount } from '../../src/accounts/accounts.ts'
import { createGroup, updateGroup } from '../../src/accounts/groups.ts'
import { issueKey, revokeKey, updateKey } from '../../src/accounts/keys.ts'
import { newSecret, rotateKey } from '../../src/accounts/rotate-key.ts'
import { authenticate } from '../../src/accounts/principal.ts'
import type { Db } from '../../src/db/db.ts'
import { temporaryLedger } from '../support/databases.ts'
import { onEachEngine } from '../support/engines.ts'

const NOW = Date.UTC(2026, 10, 28, 12)
const HOUR = 3_600_000

onEachEngine(() => {
  const enter = (db: Db, key: string, at = NOW) => db.read(() => authenticate(key, at))
  const begin = async () => {
    const ledger = await temporaryLedger()
    const { db } = ledger
    const { id } = await db.write(() => createAccount('Ada', NOW))
    const issued = await db.write(() => issueKey(id, { name: 'agent' }, NOW))
    return Object.assign(ledger, { accountId: id, issued })
  }

  test('a key joins a group of its account, with the caps that the group has now, and leaves it', async () => {
    await using ledger = await begin()
    const { db, accountId, issued } = ledger
    const group = { id: 'grp_1', accountId, name: 'design', caps: { month: 200 } }
    await db.write(() => createGroup(group, NOW))
    await db.write(() => updateKey(issued.id, { groupId: 'grp_1' }, NOW))
    expect((await enter(db, issued.key)).group).toMatchObject({
      ...group,
      caps: { day: null, month: 200, total: null },
    })
    await db.write(() => updateGroup('grp_1', { caps: { month: null, day: 0 } }))
    expect((await enter(db, issued.key)).group?.caps).toEqual({ day: 0, month: null, total: null })
    await db.write(() => updateKey(issued.id, { groupId: null }, NOW))
    expect((await enter(db, issued.key)).group).toBeNull()
  })

  test('a key joins no group of another account, and none that is not there', async () => {
    await using ledger = await begin()
    const { db, issued } = ledger
    const { id: stranger } = await db.write(() => createAccount('Ben', NOW))
    await db.write(() => createGroup({ id: 'grp_1', accountId: stranger, name: 'x' }, NOW))
    for (const groupId of ['grp_1', 'grp_2']) {
      const joined = db.write(() => updateKey(issued.id, { groupId }, NOW))
      await expect(joined).rejects.toMatchObject({ code: 'not_found' })
    }
    expect((await enter(db, issued.key)).group).toBeNull()
  })

  test('of a rotated key both secrets are accepted, the old one for its time only', async () => {
    await using ledger = await begin()
    const { db, issued } = ledger
    const secrets = [newSecret(), newSecret()] as const
    const rotate = (secret: string) =>
      db.write(() => rotateKey(issued.id, { secret, oldUntil: NOW + HOUR }))
    const first = await rotate(secrets[0])
    expect(await rotate(secrets[0])).toEqual(first) // a lost commit
    for (const key of [issued.key, secrets[0]])
      expect(await enter(db, key)).toMatchObject({ keyId: issued.id })
    await expect(enter(db, issued.key, NOW + HOUR)).rejects.toMatchObject({ code: 'unauthorized' })
    expect(await enter(db, secrets[0], NOW + HOUR)).toMatchObject({ keyId: issued.id })
    await rotate(secrets[1])
    await expect(enter(db, issued.key)).rejects.toMatchObject({ code: 'unauthorized' })
    await db.write(() => revokeKey({ id: issued.id }, NOW))
    for (const key of secrets)
      await expect(enter(db, key)).rejects.toMatchObject({ code: 'unauthorized' })
    await expect(rotate(newSecret())).rejects.toMatchObject({ code: 'invalid_input' })
  })
})
