import { expect, test } from 'vitest'
import { createAccount } from '../../src/accounts/accounts.ts'
import { issueKey, type KeyOptions } from '../../src/accounts/keys.ts'
import { authenticate, type Principal } from '../../src/accounts/principal.ts'
import { requireScope, SCOPES, scopesOf } from '../../src/accounts/scopes.ts'
import type { Db } from '../../src/db/db.ts'
import type { AppError } from '../../src/errors.ts'
import { temporaryLedger } from '../support/databases.ts'
import { onEachEngine } from '../support/engines.ts'

const NOW = Date.UTC(2026, 10, 21, 12)

/** Whoever a new key of a new account stands for. */
async function principalWith(db: Db, options: KeyOptions): Promise<Principal> {
  const { id } = await db.write(() => createAccount('Ada', NOW))
  const { key } = await db.write(() => issueKey(id, options, NOW))
  return await db.read(() => authenticate(key, NOW))
}

function refusalOf(action: () => void): string | null {
  try {
    action()
    return null
  } catch (error) {
    const { code, message } = error as AppError
    return `${code}: ${message}`
  }
}

onEachEngine(() => {
  test('a key may do what its scopes say and nothing else', async () => {
    await using ledger = await temporaryLedger()
    const { db } = ledger
    for (let set = 1; set < 2 ** SCOPES.length; set += 1) {
      const scopes = SCOPES.filter((_, place) => (set >> place) % 2 === 1)
      const principal = await principalWith(db, { scopes })
      const refusals = SCOPES.map((scope) => refusalOf(() => requireScope(principal, scope)))
      expect(refusals).toEqual(
        SCOPES.map((scope) =>
          scopes.includes(scope) ? null : `forbidden: This API key lacks the scope ${scope}.`,
        ),
      )
    }
  })

  test('a key may not buy credits unless it is said', async () => {
    await using ledger = await temporaryLedger()
    const { scopes } = await principalWith(ledger.db, {})
    expect(scopes).toEqual(['generate', 'credits:read', 'assets:read'])
  })

  test.each([
    [['generate'], ['generate']],
    [
      ['assets:read', 'generate', 'generate'],
      ['generate', 'assets:read'],
    ],
    [[], null],
    [[''], null],
    [['generate', 'admin'], null],
    [['Generate'], null],
    [['constructor'], null],
  ])('the scopes of %j are %j', (names, scopes) => {
    expect(scopesOf(names)).toEqual(scopes)
  })
})
