import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sniff } from '../../src/media/inspect.ts'
import { CATALOG, type Model } from '../../src/pricing/catalog.ts'
import { examine, plainPicture } from '../support/app.ts'
import { connectV2 } from '../support/clients.ts'
import { startFalEmulator } from '../services/fal/emulator.ts'
import { SERVED } from '../services/fal/published-inputs.ts'
import { GRANT, liveHome } from '../support/live.ts'
import { answerOf, errorOf } from '../tools/support.ts'

type Output = { path: string; mimeType: string; width: number | null; bytes: number }
type Shown = {
  provider: string
  mode: string
  billing: string
  cost: { micro: number }
  outputs: Output[]
}

/** What kind of file a model makes. */
const KINDS = { image: /^image\//, video: /^video\//, voice: /^audio\//, music: /^audio\// }

/** The least that a tool asks of a model, as an agent writes it. */
function argumentsFor({ id, operation }: Model, image: string): Record<string, unknown> {
  const about = { model: id, preview: false }
  switch (operation) {
    case 'generateImage':
      return { ...about, prompt: 'a fox', imageSize: { width: 128, height: 64 } }
    case 'editImage':
      return { ...about, prompt: 'make it blue', image }
    case 'removeBackground':
    case 'upscale':
      return { ...about, image }
    case 'run':
      return { ...about, input: inputFor(id) }
  }
}

function inputFor(id: string): Record<string, unknown> {
  if (id === 'minimax/speech-02-hd') return { text: 'Good morning.' }
  return { prompt: 'a fox', ...(id === 'fal-ai/lora' && { model_name: 'acme/sdxl' }) }
}

test('every model that fal serves works over MCP in live mode, and all together fit into the grant', async () => {
  await using fal = await startFalEmulator()
  using home = liveHome(fal)
  const image = await plainPicture(home)
  {
    await using client = await connectV2(home)
    for (const model of SERVED) {
      const jobs = fal.jobs.length
      const result = await client.call(model.operation, argumentsFor(model, image))
      const { provider, mode, billing, cost, outputs } = answerOf(result) as Shown
      expect([provider, mode, billing]).toEqual(['fal.ai', 'live', 'credits'])
      expect([model.id, cost.micro]).toEqual([model.id, model.price])
      expect(outputs).toHaveLength(1)
      for (const { path, mimeType, bytes } of outputs) {
        expect(mimeType).toMatch(KINDS[model.modality])
        expect(await sniff(path)).toBe(mimeType)
        expect(readFileSync(path)).toHaveLength(bytes)
      }
      const [job] = fal.jobs.slice(jobs)
      expect(job).toMatchObject({ endpoint: model.endpoint, ending: 'ok', ignored: [] })
      expect(fal.jobs).toHaveLength(jobs + 1)
    }
  }
  const { available, held, difference, transactions } = await examine(home)
  expect([GRANT - available, held, difference]).toEqual([4_956_000, 0, null])
  expect(transactions).toHaveLength(SERVED.length + 1)
  expect([SERVED.length, fal.jobs.length, fal.charges.length]).toEqual([22, 22, 22])
  expect(
    fal.requests.every(({ key, host }) => (key === 'right') === !host.endsWith('.fal.media')),
  ).toBe(true)
})

test('a model that fal has given up is refused uncharged, names a successor and sends nothing', async () => {
  await using fal = await startFalEmulator()
  using home = liveHome(fal)
  const gone = CATALOG.filter(({ endpoint }) => endpoint === null)
  expect(gone.map(({ id }) => id)).toEqual([
    'beatoven/music-generation',
    'beatoven/sound-effect-generation',
  ])
  {
    await using client = await connectV2(home)
    for (const { id, successor } of gone) {
      const result = await client.call('run', { model: id, input: { prompt: 'rain' } })
      const { code, hint } = errorOf(result)
      expect(code).toBe('model_gone')
      expect(hint).toContain(successor ?? 'a successor')
    }
    expect(fal.requests).toEqual([])
    await client.call('checkUsage')
  }
  expect(await examine(home)).toMatchObject({ available: GRANT, held: 0, difference: null })
})

/** Models that make several outputs, and whether one job makes them all. */
const SEVERAL = SERVED.filter(
  ({ operation }) => operation === 'generateImage' || operation === 'editImage',
).map((model) => ({ ...model, jobs: /flux-2-flex|recraft/.test(model.id) ? 3 : 1 }))

test('three outputs cost three times the price: in one job, or in three where a model makes one a job', async () => {
  await using fal = await startFalEmulator()
  using home = liveHome(fal)
  const image = await plainPicture(home)
  let spent = 0
  {
    await using client = await connectV2(home)
    for (const model of SEVERAL) {
      const jobs = fal.jobs.length
      const args = { ...argumentsFor(model, image), numImages: 3 }
      const { cost, outputs } = answerOf(await client.call(model.operation, args)) as Shown
      expect([model.id, cost.micro, outputs.length]).toEqual([model.id, 3 * model.price, 3])
      expect(new Set(outputs.map(({ path }) => path)).size).toBe(3)
      expect([model.id, fal.jobs.length - jobs]).toEqual([model.id, model.jobs])
      spent += 3 * model.price
    }
  }
  const { available, held, difference } = await examine(home)
  expect([GRANT - available, held, difference]).toEqual([spent, 0, null])
  expect(fal.jobs.every(({ ending }) => ending === 'ok')).toBe(true)
})

test('a length above the base costs in proportion, and that is what is charged', async () => {
  await using fal = await startFalEmulator()
  using home = liveHome(fal)
  await using client = await connectV2(home)
  const prices = [
    ['fal-ai/minimax/hailuo-02/standard/text-to-video', { prompt: 'a fox', duration: 10 }, 450_000],
    [
      'fal-ai/kling-video/v2.5-turbo/pro/text-to-video',
      { prompt: 'a fox', duration: '10' },
      700_000,
    ],
    ['fal-ai/veo3.1', { prompt: 'a fox', duration: '8s' }, 1_600_000],
    ['minimax/speech-02-hd', { text: 'x'.repeat(750) }, 75_000],
  ] as const
  for (const [model, input, price] of prices) {
    const { cost } = answerOf(await client.call('run', { model, input })) as Shown
    expect([model, cost.micro]).toEqual([model, price])
  }
  expect(fal.jobs.map(({ ending }) => ending)).toEqual(['ok', 'ok', 'ok', 'ok'])
})
