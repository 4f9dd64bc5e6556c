import { afterAll, beforeEach, describe } from 'vitest'
import { dropTakenLedgers, ENGINES, readyLedgers, type EngineName } from './databases.ts'
import { useDatabases } from './homes.ts'

/** Homes that one test may make, each with a ledger of its own. */
const HOMES_MAX = 3

/** Defines a suite once for each engine. Homes that are made in its tests keep their ledger there. */
export function onEachEngine(suite: (engine: EngineName) => void): void {
  describe.each(ENGINES)('on %s,', (engine) => {
    beforeEach(async () => {
      useDatabases(engine === 'sqlite' ? null : await readyLedgers(HOMES_MAX))
    })
    afterAll(dropTakenLedgers)
    suite(engine)
  })
}
