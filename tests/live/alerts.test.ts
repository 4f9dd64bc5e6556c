import { expect, test } from 'vitest'
import { localCaller } from '../../src/accounts/caller.ts'
import { listAlerts } from '../../src/alerts/outbox.ts'
import { textOf } from '../../src/alerts/words.ts'
import { startFalEmulator, type Fault } from '../services/fal/emulator.ts'
import { onEachEngine } from '../support/engines.ts'
import { CHEAP, errorIn } from '../support/live.ts'
import { HOUR_MS, inTurn, operated, type Operated } from '../support/operator.ts'

async function told(shop: Operated): Promise<string[]> {
  const { alerts } = await shop.app.db.read(() => listAlerts({ limit: 100 }))
  return alerts.map((alert) => `${alert.kind} ${alert.subject}: ${textOf(alert)}`).toReversed()
}

const ONCE: [what: string, fault: Fault, text: RegExp][] = [
  [
    'work that nobody pays for',
    { kind: 'noImages', times: 2 },
    /^work.unpaid fal-ai\/flux\/schnell: .* 1 job of fal-ai\/flux\/schnell at \$0\.003 for account acct_\w+ \(gen_\w+\)\.$/,
  ],
  [
    'a price below cost',
    { kind: 'units', value: '25', times: 2 },
    /^price.below_cost fal-ai\/flux\/schnell: .* sold below cost: \$0\.003 for what fal\.ai billed at \$0\.075 \(/,
  ],
  [
    'a balance at fal.ai that is used up',
    { kind: 'locked', times: 2 },
    /^upstream.balance_exhausted : The balance at fal\.ai is used up/,
  ],
]

onEachEngine(() => {
  test.each(ONCE)('%s is told once, at the first call', async (_, fault, text) => {
    await using shop = await operated({ emulator: { faults: [fault] } })
    const ada = await shop.customer()
    await shop.call(ada, 'generateImage', CHEAP)
    expect(await told(shop)).toEqual([expect.stringMatching(text)])
    await shop.call(ada, 'generateImage', CHEAP)
    expect(await told(shop)).toHaveLength(1)
    await shop.call(ada, 'generateImage', CHEAP)
    expect(await told(shop)).toHaveLength(1)
    expect(await shop.difference()).toBeNull()
  })
})

const BUDGET = 'budget.threshold'

onEachEngine(() => {
  test('a budget that refuses a call is told as used up, once, whatever the number of calls and servers', async () => {
    const env = { INKWELL_MAX_USD_PER_DAY: '0.007' } // two calls and a third of one
    await using shop = await operated({ env })
    await using other = await shop.beside()
    const ada = await shop.customer()
    await inTurn(2, () => shop.call(ada, 'generateImage', CHEAP))
    expect(await told(shop)).toEqual([expect.stringMatching(/: 80% of the daily budget/)])
    const calls = Array.from({ length: 8 }, async (_, place) => {
      const server = place % 2 === 0 ? shop : other
      return await server.call(ada, 'generateImage', { ...CHEAP, prompt: `fog ${place}` })
    })
    const codes = (await Promise.all(calls)).map((answer) => errorIn(answer)?.code)
    expect(new Set(codes)).toEqual(new Set(['daily_budget_exceeded']))
    for (const { app } of [shop, other]) await app.generations.refusals.allNoted()
    const [, used, ...more] = await told(shop)
    const { id } = ada.account
    expect(used).toMatch(
      `${BUDGET} day:${id}: Account ${id}: a call of $0.003 was refused: too little is left of the daily budget for `,
    )
    expect(used).toMatch(/\. \$0\.006 of \$0\.007 is spent or held\.$/)
    expect(more).toEqual([])
    expect(await shop.rows(`select cap, threshold from alert order by id`)).toEqual([
      { cap: 7_000, threshold: 80 },
      { cap: 7_000, threshold: 100 },
    ])
    shop.later(24 * HOUR_MS)
    await inTurn(3, () => shop.call(ada, 'generateImage', CHEAP))
    await shop.app.generations.refusals.allNoted()
    expect(await told(shop)).toHaveLength(4)
  })
})

test('a call that the whole budget could not pay, a session and a quote tell nothing', async () => {
  const env = { INKWELL_MAX_USD_PER_RUN: '0.004', INKWELL_MAX_USD_PER_DAY: '0.1' }
  await using shop = await operated({ env })
  const ada = await shop.customer({ caps: { month: 2_000 } })
  const grace = await shop.customer()
  await shop.call(ada, 'generateImage', CHEAP)
  await inTurn(2, () => shop.call(grace, 'generateImage', CHEAP))
  await shop.call(grace, 'generateImage', { ...CHEAP, numImages: 4, quoteOnly: true })
  await shop.app.generations.refusals.allNoted()
  expect(await told(shop)).toEqual([])
})

test('what an own key pays is no matter of the operator', async () => {
  const faults: Fault[] = [{ kind: 'noImages' }, { kind: 'locked' }]
  await using fal = await startFalEmulator({ faults })
  await using shop = await operated({ fal, env: { INKWELL_FAL_KEY: fal.key } })
  const owner = localCaller(shop.app.config, 'desk')
  await inTurn(3, () => shop.call(owner, 'generateImage', CHEAP))
  expect(await told(shop)).toEqual([])
})
