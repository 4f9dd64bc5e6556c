import { expect, test } from 'vitest'
import { fillLedger } from '../../bench/support/fill.ts'
import { temporaryFolder } from '../support/databases.ts'

/** Nothing runs the benches but people. What they begin with follows the tables, or nobody can measure any more. */
test('the ledger of the benches fits the tables of today', async () => {
  using folder = temporaryFolder()
  await expect(fillLedger(`${folder.path}/ledger.db`, 24)).resolves.toBeUndefined() // it verifies what it made
})
