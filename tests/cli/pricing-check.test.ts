import { expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { inkwell, temporaryHome, type Settings } from '../support/app.ts'
import { startFalEmulator, type FalEmulator } from '../services/fal/emulator.ts'

const live = (fal: FalEmulator): Settings => ({ FAL_KEY: fal.key, INKWELL_FAL_BASE_URL: fal.url })

type Listed = {
  model: string
  upstreamPrice: { unitPrice: string; unit: string } | null
  upstreamCost: object | null
  losesMoney: boolean | null
  recorded: { generations: number; upstreamCost: object } | null
}

test('pricing check names each sale below cost and fails', async () => {
  await using fal = await startFalEmulator()
  using home = temporaryHome(live(fal))
  const { code, stdout } = await inkwell(home, ['pricing', 'check'])
  expect(code).toBe(1)
  const line = (model: string) => stdout.split('\n').find((text) => text.startsWith(`  ${model} `))
  expect(line('fal-ai/recraft/v4/pro/text-to-image')).toMatch(/\$0\.06 .*\$0\.25 .*loses money/)
  expect(line('fal-ai/flux/schnell')).toMatch(/\$0\.003 .*\$0\.003$/)
  expect(line('fal-ai/birefnet')).toMatch(/compute seconds \?$/)
  expect(stdout).toMatch(/\d sell below cost\n$/)
})

test('the price list in JSON says what an output costs fal, and what outputs really did cost', async () => {
  await using fal = await startFalEmulator()
  using home = temporaryHome(live(fal))
  await inkwell(home, [
    'call',
    'generateImage',
    '{"prompt":"a","model":"fal-ai/flux/schnell","numImages":2}',
  ])
  const { stdout } = await inkwell(home, ['pricing', '--json'])
  const { models } = JSON.parse(stdout) as { models: Listed[] }
  expect(models.find(({ model }) => model === 'fal-ai/flux/schnell')).toMatchObject({
    upstreamPrice: { unitPrice: '0.003', unit: 'megapixels' },
    upstreamCost: money(3_000),
    losesMoney: false,
    recorded: { generations: 1, charged: money(6_000), upstreamCost: money(fal.spentMicro()) },
  })
})

test('without a key there is a price list and no check of it', async () => {
  using home = temporaryHome()
  const check = await inkwell(home, ['pricing', 'check'])
  expect(check).toMatchObject({ code: 1, stdout: '' })
  expect(check.stderr).toContain('Set FAL_KEY')
  const { models } = JSON.parse((await inkwell(home, ['pricing', '--json'])).stdout) as {
    models: Listed[]
  }
  expect(
    models.every(({ upstreamPrice, losesMoney }) => upstreamPrice === null && losesMoney === null),
  ).toBe(true)
})

test('a list of prices is printed where fal cannot be reached, and says so', async () => {
  using home = temporaryHome({ FAL_KEY: 'k', INKWELL_FAL_BASE_URL: 'http://127.0.0.1:9' })
  const { code, stdout, stderr } = await inkwell(home, ['pricing', '--json'])
  expect(code).toBe(0)
  expect((JSON.parse(stdout) as { models: Listed[] }).models).toHaveLength(28)
  expect(stderr).toContain('fal.ai could not')
})
