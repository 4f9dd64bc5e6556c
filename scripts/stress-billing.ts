import { deepStrictEqual } from 'node:assert/strict'
import { argv, stdout } from 'node:process'
import { emptyDatabase, temporaryFolder } from '../tests/support/databases.ts'
import { weather } from '../tests/support/deliveries.ts'
import { runMutants } from '../tests/support/mutation.ts'
import {
  BILLING_MUTANTS,
  BILLING_SUITE,
  MORE_BILLING_MUTANTS,
} from '../tests/support/mutants-billing.ts'

/**
 * The long proof of buying: `npm run stress:billing -- [deliveries] [purchases] [seed]`. Deliveries of events
 * in any order, many times and many at once; throws where one balance is not what Stripe holds.
 */
export async function proveBilling(
  deliveries: number,
  purchases: number,
  seed = Date.now() % 2 ** 31,
): Promise<string> {
  const begunAt = performance.now()
  using database = await emptyDatabase('sqlite')
  const env = { INKWELL_DATABASE_URL: database.url }
  const storm = await weather({ deliveries, purchases, seed, env })
  deepStrictEqual(storm.credits, storm.wanted)
  deepStrictEqual(storm.refused, [])
  const total = Object.values(storm.credits).reduce((sum, credits) => sum + credits, 0)
  const seconds = ((performance.now() - begunAt) / 1000).toFixed(0)
  return `${storm.delivered} deliveries over ${purchases} purchases in ${seconds} s, seed ${seed}: ${total} micro-USD of credits, to the micro-dollar what Stripe holds`
}

/** Breaks every guard between a payment and its credits in turn; throws where the tests do not notice. */
export async function proveGuards(): Promise<string> {
  using folder = temporaryFolder()
  const mutants = [...BILLING_MUTANTS, ...MORE_BILLING_MUTANTS]
  const killers = await runMutants(folder.path, mutants, BILLING_SUITE)
  deepStrictEqual(killers.get('unharmed'), [])
  const unnoticed = mutants.filter(({ name }) => killers.get(name)?.length === 0)
  deepStrictEqual(unnoticed, [])
  return `${mutants.length} guards broken in turn: the tests noticed each`
}

if (import.meta.main) {
  const [deliveries = 100_000, purchases = 1_000, seed] = argv.slice(2).map(Number)
  stdout.write(`${await proveGuards()}\n`)
  stdout.write(`${await proveBilling(deliveries, purchases, seed)}\n`)
}
