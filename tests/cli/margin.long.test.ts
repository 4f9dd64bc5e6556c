import Database from 'better-sqlite3'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { clockAt, inkwell, temporaryHome, type Home, type Ran } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { startFalEmulator, type FalEmulator } from '../services/fal/emulator.ts'
import { CHEAP } from '../support/live.ts'
import { inTurn, operated } from '../support/operator.ts'

/** The day on which all of it was done. */
const NOW = Date.now()
const DAY = new Date(NOW).toISOString().slice(0, 10)

let fal: FalEmulator
let home: Home
let account: string

/** Two pictures are delivered, and three are withheld, two of them of $0.04 each. */
beforeTests(async (keep) => {
  fal = keep(await startFalEmulator())
  home = keep(temporaryHome({ FAL_KEY: fal.key, INKWELL_FAL_BASE_URL: fal.url }))
  await using shop = await operated({ fal, home: home.path, at: NOW })
  const ada = await shop.customer()
  account = ada.account.id
  await inTurn(2, () => shop.call(ada, 'generateImage', CHEAP))
  fal.script('*', [{ kind: 'nsfw', times: 3 }])
  await shop.call(ada, 'generateImage', CHEAP)
  const recraft = { ...CHEAP, model: 'fal-ai/recraft/v4/text-to-image' }
  await inTurn(2, () => shop.call(ada, 'generateImage', recraft))
})

const run = (args: string): Promise<Ran> =>
  inkwell(home, args.split(' '), { nodeArgs: clockAt(NOW) })

test('margin shows what was sold, what it cost and what of that nobody pays', async () => {
  const { code, stdout } = await run('ledger margin')
  expect(code).toBe(0)
  const [range, , ...lines] = stdout.trimEnd().split('\n')
  expect(range).toMatch(new RegExp(`^  \\d{4}-\\d\\d-\\d\\d to ${DAY}:$`))
  expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['Model', 'Sold', 'fal.ai cost', 'Of it unpaid', 'Margin'],
    [CHEAP.model, '$0.0060', '$0.0090', '1 for $0.0030', '-$0.0030'],
    ['fal-ai/recraft/v4/text-to-image', '$0.0000', '$0.0800', '2 for $0.0800', '-$0.0800'],
    ['Total', '$0.0060', '$0.0890', '3 for $0.0830', '-$0.0830'],
    [''],
    [`Costs are on record from ${DAY} on.`],
  ])
  const places = lines.slice(0, 4).map((line) => line.indexOf('$0.0', 40))
  expect(new Set(places.slice(1)).size).toBe(1)
})

test.each([
  ['account', () => account],
  ['day', () => DAY],
])('margin by %s in JSON has money objects that add up', async (by, name) => {
  const { code, stdout } = await run(`ledger margin --by ${by} --from ${DAY} --to ${DAY} --json`)
  expect(code).toBe(0)
  const sums = {
    sold: money(6_000),
    upstreamCost: money(fal.spentMicro()),
    unknownCount: 0,
    unpaid: { jobs: 3, cost: money(83_000) },
    margin: money(-83_000),
  }
  const days = { from: DAY, to: DAY, by, costsSince: DAY }
  expect(JSON.parse(stdout)).toEqual({ ...days, rows: [{ [by]: name(), ...sums }], total: sums })
})

test('days without work are told so', async () => {
  expect(await run('ledger margin --from 2024-02-01 --to 2024-02-29')).toMatchObject({
    code: 0,
    stdout: '  Nothing was sold or bought from 2024-02-01 to 2024-02-29.\n',
  })
  const { stdout } = await run('ledger margin --from 2024-02-01 --to 2024-02-29 --json')
  expect(JSON.parse(stdout)).toMatchObject({ rows: [], total: { margin: money(0) } })
})

test.each([
  '--from 2024-02-30',
  '--from yesterday',
  '--to 2024-2-1',
  '--from 2024-03-02 --to 2024-03-01',
  '--by key',
])('margin %s is wrong usage', async (options) => {
  expect(await run(`ledger margin ${options}`)).toMatchObject({ code: 2, stdout: '' })
})

test('pricing check shows a warning for each price below cost, and unpaid work', async () => {
  const { stdout } = await run('pricing check')
  expect(stdout).toContain(
    '  ⚠ fal-ai/recraft/v4/pro/text-to-image is sold at $0.06, and fal.ai asks $0.25\n',
  )
  expect(stdout).toMatch(
    /Unpaid work of the last 30 days:\n\n {2}Model .*\n {2}fal-ai\/flux\/schnell +1 +\$0\.0030\n {2}fal-ai\/recraft\/v4\/text-to-image +2 +\$0\.0800\n\n/,
  )
  const { unpaid } = JSON.parse((await run('pricing check --json')).stdout) as { unpaid: object }
  expect(unpaid).toMatchObject({
    to: DAY,
    models: [
      { model: CHEAP.model, jobs: 1, cost: money(3_000) },
      { model: 'fal-ai/recraft/v4/text-to-image', jobs: 2, cost: money(80_000) },
    ],
  })
})

test('doctor says what ended unpaid in the last hour, and how much of it may', async () => {
  expect((await run('doctor')).stdout).toContain(
    'Unpaid work  3 jobs in the last hour for $0.083, 3 of one account; an account may leave 20 an hour',
  )
})

test.each([
  ['I19', 'an unpaid job was taken away', `delete from unpaid_job where cost = 3000`],
  ['I19', 'an unpaid job was given to another key', `update unpaid_job set key_id = 'key_x'`],
  ['I20', 'a cost was lowered', `update upstream_day set cost = cost - 1 where cost > unpaid_cost`],
  ['I20', 'a day was taken away', `delete from upstream_day`],
])('verify finds by %s that %s', async (number, _, statement) => {
  using copy = temporaryHome({ FAL_KEY: fal.key })
  const file = join(home.path, 'ledger.jsonl')
  await run(`ledger export ${file}`)
  expect(await inkwell(copy, ['ledger', 'import', file])).toMatchObject({ code: 0 })
  expect(await inkwell(copy, ['ledger', 'verify', '--full'])).toMatchObject({ code: 0 })
  const database = new Database(join(copy.path, 'live.db'))
  database.exec(statement)
  database.close()
  expect(await inkwell(copy, ['ledger', 'verify', '--full'])).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(`differs: ${number} `),
  })
})
