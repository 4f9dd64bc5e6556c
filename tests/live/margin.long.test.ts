import { expect, test } from 'vitest'
import { dayOf } from '../../src/ledger/rules.ts'
import { lastDays } from '../../src/usage/days.ts'
import { marginReport, type MarginKey } from '../../src/usage/margin.ts'
import { onEachEngine } from '../support/engines.ts'
import type { Fault } from '../services/fal/emulator.ts'
import { CHEAP, FANNED } from '../support/live.ts'
import { HOUR_MS, inTurn, operated, together, type Operated } from '../support/operator.ts'
import { refundOf } from '../support/operator-acts.ts'

const DAY_MS = 24 * HOUR_MS
const NOON = Date.UTC(2026, 1, 20, 12)
const PASS: Fault = { kind: 'pass', at: 'job' }
const WITHHELD: Fault = { kind: 'nsfw' }

const marginBy = (shop: Operated, by: MarginKey) =>
  shop.app.db.read(() => marginReport({ ...lastDays(7, shop.app.generations.now()), by }))

onEachEngine(() => {
  test('what work cost is what fal took, to the micro-dollar, by model, account and day', async () => {
    const faults: Fault[] = [WITHHELD, PASS, { kind: 'noImages' }, { kind: 'modelError' }, PASS]
    await using shop = await operated({ emulator: { faults }, at: NOON })
    const { fal } = shop
    const [ada, bob] = [await shop.customer(), await shop.customer()]
    await inTurn(5, () => shop.call(ada, 'generateImage', CHEAP))
    const first = fal.spentMicro()
    shop.later(DAY_MS)
    fal.script('*', [WITHHELD, PASS, PASS, PASS]) // three of four are delivered
    await shop.call(ada, 'generateImage', { ...FANNED, numImages: 4 })
    await together(12, () => shop.call(bob, 'generateImage', { ...CHEAP, numImages: 2 }))
    await shop.call(bob, 'run', { model: 'minimax/speech-02-hd', input: { text: 'Hello.' } })
    const [{ id } = { id: '' }] = await shop.rows(
      `select id from hold where model = '${FANNED.model}' and state = 'captured'`,
    )
    await shop.app.db.write(() =>
      refundOf({ accountId: ada.account.id, id: String(id) }, shop.app.generations.now()),
    )

    const spent = fal.spentMicro()
    const ofModel = (model: string) =>
      fal.charges
        .filter(({ endpoint }) => endpoint === model)
        .reduce((sum, { micro }) => sum + micro, 0)
    const sold = { cheap: 2 * 3_000 + 24 * 3_000, speech: 50_000 }
    expect(await marginBy(shop, 'model')).toMatchObject({
      rows: [
        row(CHEAP.model, { sold: sold.cheap, cost: ofModel(CHEAP.model), unpaid: [2, 6_000] }),
        row('minimax/speech-02-hd', {
          sold: sold.speech,
          cost: ofModel('fal-ai/minimax/speech-02-hd'),
        }),
        row(FANNED.model, { sold: 0, cost: 200_000, unpaid: [1, 50_000] }),
      ],
      total: { sold: sold.cheap + sold.speech, upstreamCost: spent, unknownCount: 0 },
    })
    expect((await marginBy(shop, 'day')).rows).toMatchObject([
      { name: dayOf(shop.app.generations.now()), upstreamCost: spent - first, unpaid: { jobs: 1 } },
      {
        name: dayOf(shop.app.generations.now() - DAY_MS),
        upstreamCost: first,
        unpaid: { jobs: 2 },
      },
    ])
    const accounts = (await marginBy(shop, 'account')).rows
    expect(accounts.map(({ name }) => name)).toEqual([bob.account.id, ada.account.id])
    expect(accounts.reduce((sum, { upstreamCost }) => sum + upstreamCost, 0)).toBe(spent)
    expect(await shop.difference()).toBeNull()
  })

  test('where fal does not say what it billed the report says of how many', async () => {
    const faults: Fault[][] = [[{ kind: 'noUnits' }], [{ kind: 'noUnits' }, { kind: 'nsfw' }]]
    await using shop = await operated({ emulator: { faults } })
    const ada = await shop.customer()
    await inTurn(3, () => shop.call(ada, 'generateImage', CHEAP))
    expect((await marginBy(shop, 'model')).total).toEqual({
      sold: 6_000,
      upstreamCost: 3_000,
      unknownCount: 2,
      unpaid: { jobs: 1, cost: 0 },
      margin: 3_000,
    })
    expect(await shop.difference()).toBeNull()
  })
})

type Sums = { sold: number; cost: number; unpaid?: [jobs: number, cost: number] }

function row(name: string, { sold, cost, unpaid: [jobs, unpaid] = [0, 0] }: Sums) {
  return { name, sold, upstreamCost: cost, unpaid: { jobs, cost: unpaid }, margin: sold - cost }
}
