import { expect, test } from 'vitest'
import { compareWithModel } from '../support/sequences.ts'

test('the ledger does what its model does, in any sequence of commands', async () => {
  // Another seed in every run. A failure prints it: `npm run stress -- 2000 <seed>` repeats it.
  const compared = compareWithModel({ runs: 50, seed: Date.now() % 2 ** 31 })
  await expect(compared).resolves.toBeUndefined()
})
