import { expect, test } from 'vitest'
import { weather } from '../support/deliveries.ts'

test('10,000 deliveries in any order over 200 purchases: every balance is what Stripe holds, to the micro-dollar', async () => {
  // Another seed in every run; a failure names it.
  const seed = Date.now() % 2 ** 31
  const { credits, wanted, delivered, refused } = await weather({
    purchases: 200,
    deliveries: 10_000,
    seed,
  })
  expect(credits, `seed ${seed}`).toEqual(wanted)
  expect(refused).toEqual([])
  expect(delivered).toBeGreaterThanOrEqual(10_000)
}, 120_000)
