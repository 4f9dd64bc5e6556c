import { expect, test } from 'vitest'
import { localCaller } from '../../src/accounts/caller.ts'
import { createFalProvider } from '../../src/providers/fal.ts'
import { UnpaidWorkError } from '../../src/providers/provider.ts'
import { onEachEngine } from '../support/engines.ts'
import { startFalEmulator, type Fault } from '../services/fal/emulator.ts'
import { CHEAP, FANNED, outputsOf } from '../support/live.ts'
import { HOUR_MS, inTurn, operated, tally, type Operated } from '../support/operator.ts'

/** What is on record as billed and paid by nobody. */
async function unpaid(shop: Operated): Promise<unknown[][]> {
  const rows = await shop.rows('select code, jobs, cost from unpaid_job order by at, id')
  return rows.map(({ code, jobs, cost }) => [code, jobs, cost])
}

const costs = async (shop: Operated): Promise<unknown[]> =>
  (await shop.rows('select upstream_cost from generation order by created_at, id')).map(
    ({ upstream_cost: cost }) => cost,
  )

const BILLED: [what: string, faults: readonly Fault[], row: unknown[]][] = [
  ['a result without an output', [{ kind: 'noImages' }], ['no_output', 1, 3_000]],
  ['a result that is withheld', [{ kind: 'nsfw' }], ['content_refused', 1, 3_000]],
  [
    'a refusal that names units',
    [
      { kind: 'modelError', billed: true },
      { kind: 'units', value: '2.5' },
    ],
    ['content_refused', 1, 7_500],
  ],
  [
    'a result that says nothing of units',
    [{ kind: 'nsfw' }, { kind: 'noUnits' }],
    ['content_refused', 1, null],
  ],
  [
    'a result whose units cannot be read',
    [{ kind: 'nsfw' }, { kind: 'units', value: 'many' }],
    ['content_refused', 1, null],
  ],
]

test.each(BILLED)('%s is on record with its cost', async (_, faults, row) => {
  await using shop = await operated({ emulator: { faults: [faults] } })
  const ada = await shop.customer()
  const answer = await shop.call(ada, 'generateImage', CHEAP)
  expect(tally([answer])).toEqual({ [String(row[0])]: 1 })
  expect(answer.structured['error']).toMatchObject({ charged: { micro: 0 } })
  expect(await unpaid(shop)).toEqual([row])
  expect(await costs(shop)).toEqual([row[2]])
  expect(await shop.difference()).toBeNull()
})

test('where fal does not tell its price the job counts, at an unknown cost', async () => {
  const faults: Fault[] = [{ kind: 'nsfw' }, { kind: 'serverError', at: 'platform', times: 9 }]
  await using shop = await operated({ emulator: { faults } })
  await shop.call(await shop.customer(), 'generateImage', CHEAP)
  expect(await unpaid(shop)).toEqual([['content_refused', 1, null]])
})

test('a result whose file is gone counts with its cost', async () => {
  await using shop = await operated({ emulator: { faults: [{ kind: 'expired', times: 9 }] } })
  const answer = await shop.call(await shop.customer(), 'generateImage', CHEAP)
  expect(tally([answer])).toEqual({ no_output: 1 })
  expect(await unpaid(shop)).toEqual([['no_output', 1, 3_000]])
})

const UNBILLED: [what: string, fault: Fault][] = [
  ['refuses', { kind: 'modelError' }],
  ['refuses, with a bill that it does not mention', { kind: 'modelError', billed: true }],
  ['finds no media to make', { kind: 'modelError', type: 'no_media_generated' }],
  ['fails', { kind: 'completedWithError', status: 500 }],
  ['finishes without a result for no units', { kind: 'units', value: '0' }],
]

const ONE_MAY = { INKWELL_MAX_UNPAID_JOBS_PER_HOUR: '1' }

test.each(UNBILLED)('what fal %s does not count: the next calls are sent', async (_, fault) => {
  const each = fault.kind === 'units' ? [fault, { kind: 'noImages' } as const] : [fault]
  const faults = Array.from({ length: 2 }, () => each)
  await using shop = await operated({ emulator: { faults }, env: ONE_MAY })
  const ada = await shop.customer()
  const answers = await inTurn(2, () => shop.call(ada, 'generateImage', CHEAP))
  expect(Object.values(tally(answers))).toEqual([2])
  expect(shop.fal.jobs).toHaveLength(2)
  expect(await unpaid(shop)).toEqual([])
  expect(await shop.difference()).toBeNull()
})

test('work on an own key is its owner’s bill: nothing counts and nothing is refused', async () => {
  await using fal = await startFalEmulator({ faults: [{ kind: 'nsfw', times: Infinity }] })
  await using shop = await operated({ fal, env: { ...ONE_MAY, INKWELL_FAL_KEY: fal.key } })
  const owner = localCaller(shop.app.config, 'desk')
  const answers = await inTurn(2, () => shop.call(owner, 'generateImage', CHEAP))
  expect(tally(answers)).toEqual({ content_refused: 2 })
  expect(await unpaid(shop)).toEqual([])
  expect(await shop.rows('select * from upstream_day')).toEqual([])
  expect(await shop.difference()).toBeNull()
})

onEachEngine(() => {
  test('of a call that is delivered in part the jobs without a result count', async () => {
    const withheld: Fault = { kind: 'nsfw' }
    await using shop = await operated({ emulator: { faults: [withheld, withheld, withheld] } })
    const ada = await shop.customer()
    const answer = await shop.call(ada, 'generateImage', { ...FANNED, numImages: 4 })
    expect(outputsOf(answer)).toHaveLength(1)
    expect(answer.structured['cost']).toMatchObject({ micro: 50_000 })
    expect(await unpaid(shop)).toEqual([['partial', 3, 150_000]])
    expect(await costs(shop)).toEqual([200_000])
    expect(await shop.difference()).toBeNull()
  })

  test('jobs that fal has and nobody can fetch count once their hold expires', async () => {
    const faults: Fault[] = [
      { kind: 'nsfw', times: 9 },
      { kind: 'reset', after: true },
    ]
    await using shop = await operated({ emulator: { faults } })
    const ada = await shop.customer()
    const answer = await shop.call(ada, 'generateImage', { ...FANNED, numImages: 2 })
    expect(tally([answer])).toEqual({ upstream_unavailable: 1 })
    expect(await unpaid(shop)).toEqual([])
    shop.later(HOUR_MS)
    await shop.app.generations.recover()
    expect(await unpaid(shop)).toEqual([['upstream_unavailable', 2, null]])
    expect(await shop.difference()).toBeNull()
  })

  test('a call that waits to be sent when its server dies is given back at once', async () => {
    const faults: Fault[] = [{ kind: 'slowQueue', polls: 9 }]
    const env = { INKWELL_MAX_UNPAID_JOBS_PER_HOUR: '1' }
    await using shop = await operated({ emulator: { faults }, env, leaseMs: 600_000 })
    const ada = await shop.customer()
    const [sent, waiting] = [
      await shop.call(ada, 'generateImage', CHEAP, 200),
      await shop.call(ada, 'generateImage', { ...CHEAP, prompt: 'another fox' }, 200),
    ]
    expect(tally([sent, waiting])).toEqual({ running: 2 })
    expect(shop.fal.jobs).toHaveLength(1)
    const id = String(waiting.structured['id'])
    await using other = await shop.beside()
    other.later(700_000)
    await other.app.generations.recover()
    expect(await other.rows(`select state from hold where id = '${id}'`)).toEqual([
      { state: 'released' },
    ])
    expect(shop.fal.jobs).toHaveLength(1)
    expect(await other.difference()).toBeNull()
  })
})

test.each([
  ['IN_PROGRESS', { jobs: 1, cost: null }],
  ['IN_QUEUE', undefined],
] as const)('a job that is %s at the deadline has the bill %o', async (state, bill) => {
  await using fal = await startFalEmulator({ faults: [{ kind: 'stuck', in: state }] })
  const deadlines = { imageMs: 1_000 }
  const provider = createFalProvider({ key: fal.key, ownKey: false, baseUrl: fal.url, deadlines })
  const request = { operation: 'generateImage', count: 1, width: 64, height: 64 } as const
  const failure: unknown = await provider
    .run(
      { ...request, model: CHEAP.model, prompt: 'a fox' },
      { signal: new AbortController().signal, onProgress: () => {}, onAccepted: async () => {} },
    )
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'upstream_timeout' })
  expect(failure instanceof UnpaidWorkError ? failure.bill : undefined).toEqual(bill)
})
