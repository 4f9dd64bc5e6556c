import { expect, test } from 'vitest'
import { fuzz } from '../support/fuzz/fuzz.ts'

/** Of its own in every run: `npx node scripts/stress-fuzz.ts 600 <seed>` sends the like of a failed one again. */
const SEED = Date.now() % 2 ** 31

test(`600 generated requests break nothing, learn no secret and move no money untold (seed ${SEED})`, async () => {
  const { requests, targets, statuses, unreached } = await fuzz({ requests: 600, seed: SEED })
  expect(requests).toBe(600)
  expect(statuses['200']).toBeGreaterThan(100)
  expect(statuses['400']).toBeGreaterThan(50)
  expect(unreached.length).toBeLessThan(targets)
})
