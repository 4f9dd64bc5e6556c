import { useDatabases } from './homes.ts'

/** Every home of a test file keeps its ledger in a file, whatever an earlier file of this process has used. */
useDatabases(null)
