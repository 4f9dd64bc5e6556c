import { beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/databases.ts'
import {
  BILL_MUTANTS,
  BILL_SUITE,
  UNPAID_MUTANTS,
  UNPAID_SUITE,
} from '../support/mutants-unpaid.ts'
import { runMutants, type Killers } from '../support/mutation.ts'

describe.each([
  { what: 'on the ledger', mutants: UNPAID_MUTANTS, suite: UNPAID_SUITE },
  { what: 'at the service', mutants: BILL_MUTANTS, suite: BILL_SUITE },
])('what ends unpaid, $what, with a guard broken is found out by the tests:', (one) => {
  let killers: Killers

  beforeAll(async () => {
    using folder = temporaryFolder()
    killers = await runMutants(folder.path, one.mutants, one.suite)
  }, 300_000)

  test('the guards unharmed pass them all', () => {
    expect(killers.get('unharmed')).toEqual([])
  })

  test.each(one.mutants)('$name', ({ name }) => {
    expect(killers.get(name)).not.toEqual([])
  })
})
