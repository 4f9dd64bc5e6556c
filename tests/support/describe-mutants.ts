import { beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from './databases.ts'
import type { Mutant } from './mutant.ts'
import { runMutants, type Killers, type Suite } from './mutation.ts'

type Guards<M extends Mutant> = {
  mutants: readonly M[]
  suite: Suite<M>
  /** The whole copy and its verb, in front of 'them all': the name of the test that nothing is found in it. */
  unharmed: string
  timeoutMs?: number
}

/** Defines a test for each mutant, that its suite finds it. `broken` is what they damage and its verb. */
export function describeMutants<M extends Mutant>(
  broken: string,
  { mutants, suite, unharmed, timeoutMs = 600_000 }: Guards<M>,
): void {
  describe(`${broken} found out by the tests:`, () => {
    let killers: Killers

    beforeAll(async () => {
      using folder = temporaryFolder()
      killers = await runMutants(folder.path, mutants, suite)
    }, timeoutMs)

    test(`${unharmed} them all`, () => {
      expect(killers.get('unharmed')).toEqual([])
    })

    test.each(mutants)('$name', ({ name }) => {
      expect(killers.get(name)).not.toEqual([])
    })
  })
}
