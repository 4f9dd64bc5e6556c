import { beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/databases.ts'
import { runMutants, type Killers } from '../support/mutation.ts'
import { BILLING_MUTANTS, BILLING_SUITE } from '../support/mutants-billing.ts'

describe('buying with a guard broken is found out by the tests:', () => {
  let killers: Killers

  beforeAll(async () => {
    using folder = temporaryFolder()
    killers = await runMutants(folder.path, BILLING_MUTANTS, BILLING_SUITE)
  }, 180_000)

  test('buying unharmed passes them all', () => {
    expect(killers.get('unharmed')).toEqual([])
  })

  test.each(BILLING_MUTANTS)('$name', ({ name }) => {
    expect(killers.get(name)).not.toEqual([])
  })
})
