import { beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/databases.ts'
import { runMutants, type Killers, type Suite } from '../support/mutation.ts'
import { BILLING_MUTANTS, type BillingMutant } from '../support/mutants-billing.ts'

const SUITE: Suite<BillingMutant> = {
  room: 'billing',
  tests: ['paying', 'webhook'], // they show that a copy works; the others run anyway
  testsFor: ({ test: name }) => [name],
}

describe('buying with a guard broken is found out by the tests:', () => {
  let killers: Killers

  beforeAll(async () => {
    using folder = temporaryFolder()
    killers = await runMutants(folder.path, BILLING_MUTANTS, SUITE)
  }, 180_000)

  test('buying unharmed passes them all', () => {
    expect(killers.get('unharmed')).toEqual([])
  })

  test.each(BILLING_MUTANTS)('$name', ({ name }) => {
    expect(killers.get(name)).not.toEqual([])
  })
})
