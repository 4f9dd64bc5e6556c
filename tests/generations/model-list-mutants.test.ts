import { beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../support/databases.ts'
import { MODEL_MUTANTS, MODEL_SUITE } from '../support/mutants-models.ts'
import { runMutants, type Killers } from '../support/mutation.ts'

describe('a list of models with a guard broken is found out by the tests:', () => {
  let killers: Killers

  beforeAll(async () => {
    using folder = temporaryFolder()
    killers = await runMutants(folder.path, MODEL_MUTANTS, MODEL_SUITE)
  }, 180_000)

  test('unharmed it passes them all', () => {
    expect(killers.get('unharmed')).toEqual([])
  })

  test.each(MODEL_MUTANTS)('$name', ({ name }) => {
    expect(killers.get(name)).not.toEqual([])
  })
})
