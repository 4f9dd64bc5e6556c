import { expect, test } from 'vitest'
import { createAccount, listAccounts } from '../../src/accounts/accounts.ts'
import { findDifference } from '../../src/verify.ts'
import { temporaryLedger } from '../support/databases.ts'
import { onEachEngine } from '../support/engines.ts'

const NOW = Date.UTC(2026, 10, 21, 12)

const OPEN = {
  state: 'open',
  available: 5_000_000,
  held: 0,
  debt: 0,
  models: null,
  maxPrice: null,
  suspension: null,
  closedAt: null,
}

onEachEngine(() => {
  test('a new account has five dollars of its own, whatever its name', async () => {
    await using ledger = await temporaryLedger()
    const ada = await ledger.db.write(() => createAccount('Ada', NOW))
    const namesake = await ledger.db.write(() => createAccount(' Ada ', NOW + 1))
    expect(ada).toEqual({ id: expect.stringMatching(/^acct_[0-9a-f]{32}$/), name: 'Ada' })
    expect(await ledger.db.read(() => listAccounts())).toEqual([
      { ...OPEN, ...ada, createdAt: NOW },
      { ...OPEN, ...namesake, createdAt: NOW + 1 },
    ])
    expect(namesake).toMatchObject({ name: 'Ada' })
    expect(namesake.id).not.toBe(ada.id)
    expect(await ledger.db.read(findDifference)).toBeNull()
  })

  test.each(['A', 'Zoë & Søn', '名前', '🖋', 'x'.repeat(100), '🖋'.repeat(100)])(
    'the name %j is taken',
    async (name) => {
      await using ledger = await temporaryLedger()
      expect(await ledger.db.write(() => createAccount(name, NOW))).toMatchObject({ name })
    },
  )

  test.each([
    '',
    '   ',
    'x'.repeat(101),
    'a\nb',
    'a\u0000b',
    '\u001B[31mred',
    'a\u202Eb',
    'a\u2028b',
    '\uD800',
  ])('the name %j is refused and opens nothing', async (name) => {
    await using ledger = await temporaryLedger()
    await expect(ledger.db.write(() => createAccount(name, NOW))).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('1 to 100'),
    })
    expect(await ledger.db.read(() => listAccounts())).toEqual([])
  })
})
