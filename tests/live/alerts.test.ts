import { expect, test } from 'vitest'
import { localCaller } from '../../src/accounts/caller.ts'
import { listAlerts } from '../../src/alerts/outbox.ts'
import { textOf } from '../../src/alerts/words.ts'
import { startFalEmulator, type Fault } from '../services/fal/emulator.ts'
import { onEachEngine } from '../support/engines.ts'
import { CHEAP } from '../support/live.ts'
import { inTurn, operated, type Operated } from '../support/operator.ts'

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

test('what an own key pays is no matter of the operator', async () => {
  const faults: Fault[] = [{ kind: 'noImages' }, { kind: 'locked' }]
  await using fal = await startFalEmulator({ faults })
  await using shop = await operated({ fal, env: { INKWELL_FAL_KEY: fal.key } })
  const owner = localCaller(shop.app.config, 'desk')
  await inTurn(3, () => shop.call(owner, 'generateImage', CHEAP))
  expect(await told(shop)).toEqual([])
})
