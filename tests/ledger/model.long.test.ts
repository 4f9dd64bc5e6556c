import { expect, test } from 'vitest'
import { compareWithModel } from '../support/sequences.ts'

test('the ledger does what its model does, in hundreds of sequences', async () => {
  const compared = compareWithModel({ runs: 200, seed: Date.now() % 2 ** 31 })
  await expect(compared).resolves.toBeUndefined()
})
