import { afterAll, beforeEach } from 'vitest'
import { dropTakenLedgers, readyLedgers } from './databases.ts'
import { useDatabases } from './homes.ts'

/** Homes that one test may make, each with a ledger of its own. */
const HOMES_MAX = 8

/** Every home of a test file keeps its ledger on PostgreSQL, instead of in a file. */
useDatabases(await readyLedgers(HOMES_MAX))
beforeEach(async () => useDatabases(await readyLedgers(HOMES_MAX)))
afterAll(dropTakenLedgers)
