import { beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/databases.ts'
import { UPSTREAM_MUTANTS, UPSTREAM_SUITE } from '../support/mutants-upstream.ts'
import { runMutants, type Killers } from '../support/mutation.ts'

describe('dealing with fal with a guard broken is found out by the tests:', () => {
  let killers: Killers

  beforeAll(async () => {
    using folder = temporaryFolder()
    killers = await runMutants(folder.path, UPSTREAM_MUTANTS, UPSTREAM_SUITE)
  }, 300_000)

  test('unharmed it passes them all', () => {
    expect(killers.get('unharmed')).toEqual([])
  })

  test.each(UPSTREAM_MUTANTS)('$name', ({ name }) => {
    expect(killers.get(name)).not.toEqual([])
  })
})
