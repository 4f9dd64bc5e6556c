import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fillLedger } from '../../bench/support/fill.ts'
import { filledOnce } from '../../bench/support/kept.ts'
import { temporaryFolder } from '../support/databases.ts'

/** Nothing runs the benches but people. What they begin with follows the tables, or nobody can measure any more. */
test('the ledger of the benches fits the tables of today', async () => {
  using folder = temporaryFolder()
  await expect(fillLedger(`${folder.path}/ledger.db`, 24)).resolves.toBeUndefined() // it verifies what it made
})

test('runs of one bench fill a ledger once and copy it', async () => {
  using folder = temporaryFolder()
  const fills: string[] = []
  const fill = async (file: string): Promise<void> => {
    fills.push(file)
    writeFileSync(file, 'filled')
  }
  const target = (run: number) => join(folder.path, `run-${run}.db`)
  await filledOnce('ledger', target(1), fill, folder.path)
  await filledOnce('ledger', target(2), fill, folder.path)
  expect(fills).toHaveLength(1)
  expect([1, 2].map((run) => readFileSync(target(run), 'utf8'))).toEqual(['filled', 'filled'])
})
