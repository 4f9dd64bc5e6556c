import { expect, test } from 'vitest'
import { emptyDatabase, ENGINES } from '../support/databases.ts'
import { weather } from '../support/deliveries.ts'

test.each(ENGINES)(
  '2,500 deliveries in any order over 50 purchases on %s: every balance is what Stripe holds, to the micro-dollar',
  async (engine) => {
    using database = await emptyDatabase(engine)
    const env = { INKWELL_DATABASE_URL: database.url }
    const seed = Date.now() % 2 ** 31 // another one in every run; a failure names it
    const storm = { purchases: 50, deliveries: 2_500, seed, env } // more: npm run stress:billing
    const { credits, wanted, delivered, refused } = await weather(storm)
    expect(credits, `seed ${seed}`).toEqual(wanted)
    expect(refused).toEqual([])
    expect(delivered).toBeGreaterThanOrEqual(2_500)
  },
  180_000,
)
