import { beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/databases.ts'
import { LEDGER_SUITE, runMutants, type Killers } from '../support/mutation.ts'
import { MUTANTS } from '../support/mutants.ts'
import { PURCHASE_MUTANTS } from '../support/mutants-purchases.ts'

const ALL = [...MUTANTS, ...PURCHASE_MUTANTS]

describe('a ledger with a guard broken is found out by the tests:', () => {
  let killers: Killers

  beforeAll(async () => {
    using folder = temporaryFolder()
    killers = await runMutants(folder.path, ALL, LEDGER_SUITE)
  }, 180_000)

  test('the ledger unharmed passes them all', () => {
    expect(killers.get('unharmed')).toEqual([])
  })

  test.each(ALL)('$name', ({ name }) => {
    expect(killers.get(name)).not.toEqual([])
  })
})
