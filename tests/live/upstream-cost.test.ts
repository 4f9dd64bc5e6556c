import { expect, test } from 'vitest'
import type { Row, TransactionBody } from '../../src/db/db.ts'
import { plainPicture, temporaryHome } from '../support/app.ts'
import { connectV2 } from '../support/clients.ts'
import { startFalEmulator, type Fault } from '../services/fal/emulator.ts'
import { CHEAP, FANNED, liveApp, liveHome, type LiveApp } from '../support/live.ts'

/** What is stored of the real costs of all generations, oldest first. */
async function upstreamCosts({ app }: LiveApp): Promise<unknown[]> {
  const rows = await app.db.read(function* read(): TransactionBody<Row[]> {
    return yield () => ({
      sql: 'select upstream_cost from generation order by created_at, id',
      parameters: [],
    })
  })
  return rows.map(({ upstream_cost: cost }) => cost)
}

test('what fal billed is its units times its price of one, rounded up to a micro-dollar', async () => {
  using home = temporaryHome()
  await using fal = await startFalEmulator()
  await using live = await liveApp({ fal, home: home.path })
  const image = await plainPicture(home)
  await live.call('generateImage', CHEAP)
  await live.call('generateImage', { ...CHEAP, numImages: 4 })
  await live.call('generateImage', { ...FANNED, numImages: 3 })
  await live.call('removeBackground', { image })
  await live.call('run', { model: 'minimax/speech-02-hd', input: { text: 'Hello.' } })
  expect(await upstreamCosts(live)).toEqual([3_000, 12_000, 150_000, 1_472, 600])
  expect(fal.spentMicro()).toBe(3_000 + 12_000 + 150_000 + 1_472 + 600)
})

const UNITS: [value: string, micro: number | null][] = [
  ['8.439999999999998', 25_320],
  ['1.0', 3_000],
  ['0', 0],
  ['0.0000001', 1],
  ['7.7777777', 23_334],
  ['', null],
  ['many', null],
  ['-1', null],
  ['1e3', null],
  ['NaN', null],
  ['9999999999', null],
  ['999999999999999', null],
]

test.each(UNITS)('units of "%s" are stored as %s micro-dollars', async (value, micro) => {
  const faults = [{ kind: 'units', value }] as const
  await using live = await liveApp({ emulator: { faults } })
  expect((await live.call('generateImage', CHEAP)).isError).toBe(false)
  expect(await upstreamCosts(live)).toEqual([micro])
})

const SILENCES: [what: string, fault: Fault][] = [
  ['the units', { kind: 'noUnits' }],
  ['its price', { kind: 'serverError', at: 'platform' }],
  ['a price that can be read', { kind: 'malformed', at: 'platform' }],
]

test.each(SILENCES)('where fal does not say %s nothing is stored', async (_, fault) => {
  await using live = await liveApp({ emulator: { faults: [fault] } })
  await live.call('generateImage', CHEAP)
  await live.call('generateImage', CHEAP)
  expect(await upstreamCosts(live)).toEqual([null, 3_000]) // and it is asked again
})

test('a job that fal billed and that was refused is charged nothing and stores nothing', async () => {
  const faults = [{ kind: 'modelError', billed: true }] as const
  await using live = await liveApp({ emulator: { faults } })
  await live.call('generateImage', CHEAP)
  expect(live.fal.charges).toHaveLength(1)
  expect(await upstreamCosts(live)).toEqual([null])
  expect(await live.books()).toMatchObject({ spent: 0, held: 0 })
})

test('no result, report or resource of an agent holds what fal billed', async () => {
  const faults = [{ kind: 'units', value: '7.7777777' }] as const
  await using fal = await startFalEmulator({ faults })
  using home = liveHome(fal)
  await using client = await connectV2(home)
  const picture = { ...CHEAP, idempotencyKey: 'fox' }
  const paid = await client.call('generateImage', picture)
  const id = paid.structuredContent?.['id']
  const seen: unknown[] = [
    paid,
    await client.call('generateImage', picture),
    await client.call('generateImage', { ...CHEAP, quoteOnly: true }),
    await client.call('getGeneration', { id }),
    await client.call('viewImage', { id }),
    await client.call('checkUsage', { limit: 100 }),
    await client.call('buyCredits', { amountUsd: 10 }),
    await client.tools(),
    await client.read('inkwell://usage'),
    await client.read('inkwell://pricing'),
  ]
  for (const each of seen) {
    expect(JSON.stringify(each)).not.toMatch(/upstream_?cost|billable|7\.7777|23[,.]?334/i)
  }
})
