import { newSchemas, POSTGRES_URL } from './databases.ts'
import { useDatabases } from './homes.ts'

/** Homes that the tests of one file may make, each with a ledger of its own. */
const HOMES_MAX = 150

/** Every home of a test file keeps its ledger on PostgreSQL, instead of in a file. */
useDatabases(await newSchemas(process.env[POSTGRES_URL] ?? '', HOMES_MAX))
