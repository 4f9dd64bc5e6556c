import { afterAll, expect, test } from 'vitest'
import { failAtRandom } from '../support/live-chaos.ts'
import { hurryFalClient } from '../support/live-haste.ts'

const hurry = hurryFalClient()
afterAll(() => hurry[Symbol.dispose]())

/** Of its own in every run: `npx node scripts/stress-live.ts 25 <seed>` runs a failed one again. */
const SEED = Date.now() % 2 ** 31

test(`under 25 scripts of random faults every charge is a delivery and no job is sent twice (seed ${SEED})`, async () => {
  const figures = await failAtRandom({ scripts: 25, seed: SEED })
  expect(figures).toMatchObject({ scripts: 25, calls: 75 })
  expect(figures.paid).toBeGreaterThan(0)
  expect(figures.failed).toBeGreaterThan(0)
})
