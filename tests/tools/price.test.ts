import { expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { CATALOG, DEFAULT_MODELS } from '../../src/pricing/catalog.ts'
import { plainPicture, temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { connectV2, type TestClient } from '../support/clients.ts'
import { answerOf, errorOf, GRANT, small, stateOf, UNTOUCHED } from './support.ts'

let home: Home
let client: TestClient

let picture: string

beforeTests(async (keep) => {
  home = keep(temporaryHome())
  picture = await plainPicture(home)
  client = keep(await connectV2(home))
})

/** The least that a model of `run` takes. */
const inputFor = (model: string): Record<string, unknown> => {
  if (model.includes('speech')) return { text: 'a calm sea' }
  return { prompt: 'a calm sea', ...(model === 'fal-ai/lora' && { model_name: 'acme/sdxl' }) }
}
const SERVED = CATALOG.filter(({ endpoint }) => endpoint !== null)
const ask = (model: string) => {
  const { operation } = CATALOG.find(({ id }) => id === model) ?? { operation: 'run' }
  const args = {
    generateImage: { prompt: 'x' },
    editImage: { prompt: 'x', image: 'gen_1' },
    removeBackground: { image: 'gen_1' },
    upscale: { image: picture }, // its price can depend on the size of the picture
    run: { input: inputFor(model) },
  }[operation]
  return [operation, { ...args, model, quoteOnly: true }] as const
}

test.each(SERVED.map(({ id, price }) => [id, price]))(
  'the price of %s is quoted as listed: %i micro, and a quote spends nothing',
  async (model, price) => {
    const quote = answerOf(await client.call(...ask(model)))
    expect(quote).toMatchObject({
      status: 'quoted',
      model,
      cost: money(price),
      priceSource: 'catalog',
      allowed: true,
      refusal: null,
      mode: 'test',
      billing: 'credits',
      balance: money(GRANT),
      session: { spent: money(0), held: money(0) },
    })
    expect(quote).not.toHaveProperty('id')
  },
)

test.each(CATALOG.filter(({ endpoint }) => endpoint === null))(
  '$id is gone: no price is quoted that live mode would refuse',
  async ({ id, successor }) => {
    for (const quoteOnly of [true, false]) {
      const refusal = errorOf(await client.call('run', { model: id, input: {}, quoteOnly }))
      expect(refusal).toMatchObject({ code: 'model_gone', charged: money(0) })
      expect(refusal.hint).toContain(successor)
    }
  },
)

test.each(Object.entries(DEFAULT_MODELS))(
  '%s without a model costs what %s costs',
  async (tool, model) => {
    const { model: _, ...args } = ask(model)[1]
    expect(answerOf(await client.call(tool, args))).toMatchObject({ model })
  },
)

test('the price is multiplied by the number of images', async () => {
  for (const numImages of [1, 2, 3, 4])
    expect(
      answerOf(await client.call('generateImage', { ...small, numImages, quoteOnly: true })).cost,
    ).toEqual(money(50_000 * numImages))
  const run = {
    model: 'fal-ai/lora',
    input: { ...inputFor('fal-ai/lora'), num_images: 3 },
    quoteOnly: true,
  }
  expect(answerOf(await client.call('run', run)).cost).toEqual(money(60_000))
})

test.each([
  ['generateImage', { prompt: 'x' }],
  ['removeBackground', { image: 'gen_1' }],
  ['run', { input: { prompt: 'a calm sea' } }],
])('a model that nobody listed costs $0.05 by %s, and the quote says so', async (tool, args) => {
  const quote = answerOf(
    await client.call(tool, { ...args, model: 'acme/brand-new', quoteOnly: true }),
  )
  expect(quote).toMatchObject({ cost: money(50_000), priceSource: 'default' })
})

test.each([
  ['fal-ai/veo3.1', { duration: '8s' }, 1_600_000],
  ['fal-ai/veo3.1', { duration: '8s', resolution: '4k' }, 2_400_000],
  ['fal-ai/veo3.1', { duration: '8s', generate_audio: false }, 1_000_000],
  ['fal-ai/flux-general', { image_size: { width: 4096, height: 4096 } }, 510_000],
  ['fal-ai/lora', { num_inference_steps: 60 }, 40_000],
  ['fal-ai/veo3.1', { duration: 4 }, 1_000_000],
  ['fal-ai/minimax/hailuo-02/standard/text-to-video', { duration: '10' }, 450_000],
  ['minimax/speech-02-hd', { text: 'x'.repeat(501) }, 50_100],
  ['minimax/speech-02-hd', { text: 'x'.repeat(500) }, 50_000],
])('the price of %s grows with %j', async (model, extra, price) => {
  const quote = answerOf(
    await client.call('run', { model, input: { ...inputFor(model), ...extra }, quoteOnly: true }),
  )
  expect(quote.cost).toEqual(money(price))
})

test.each([
  ['fal-ai/flux-2-flex', { width: 4096, height: 4096 }, 850_000],
  ['fal-ai/flux/schnell', { width: 1024, height: 1024 }, 3_000],
  ['fal-ai/flux/schnell', { width: 1024, height: 1025 }, 6_000],
  ['fal-ai/flux/schnell', { width: 2048, height: 1024 }, 9_000],
  ['fal-ai/nano-banana-2', { width: 2048, height: 2048 }, 120_000],
  ['fal-ai/recraft/v4/text-to-image', { width: 4096, height: 4096 }, 40_000],
])('a picture of %s costs in proportion at %j', async (model, imageSize, price) => {
  const args = { prompt: 'x', model, imageSize, quoteOnly: true }
  expect(answerOf(await client.call('generateImage', args)).cost).toEqual(money(price))
})

test('what the price does not cover is lowered, and the quote says so', async () => {
  const lora = { model: 'fal-ai/lora', quoteOnly: true }
  const large = { num_inference_steps: 500, image_size: { width: 8000, height: 8000 } }
  const quote = answerOf(
    await client.call('run', { ...lora, input: { ...inputFor(lora.model), ...large } }),
  )
  expect(quote).toMatchObject({
    cost: money(66_667),
    adjusted: [
      'input.image_size 8000 × 8000 was lowered to 1024 × 1024, the most that the price covers.',
      'input.num_inference_steps 500 was lowered to 100, the most that the price covers.',
    ],
  })
  const unknown = { ...lora, input: { ...inputFor(lora.model), batch_size: 16 } }
  const { code, message } = errorOf(await client.call('run', unknown))
  expect([code, message]).toEqual([
    'invalid_input',
    expect.stringMatching(/no input\.batch_size\. It takes model_name, prompt, image_size/),
  ])
})

test('num_images of a model that nobody listed is priced up to 4, and other multipliers are left out', async () => {
  const ask = (input: object) =>
    client.call('run', { model: 'acme/brand-new', input, quoteOnly: true })
  for (const num_images of [1, 2, 3, 4])
    expect(answerOf(await ask({ num_images })).cost).toEqual(money(50_000 * num_images))
  for (const num_images of [0, 1.5, 5]) {
    const { code, message } = errorOf(await ask({ num_images }))
    expect([code, message]).toEqual(['invalid_input', expect.stringContaining('from 1 to 4')])
  }
  for (const name of ['max_images', 'batch_size', 'num_outputs', 'n']) {
    const { structuredContent, content } = await ask({ [name]: 4 })
    const dropped = [expect.stringContaining(`input.${name} was not sent`)]
    expect(structuredContent).toMatchObject({ cost: money(50_000), dropped, adjusted: [] })
    expect(content[0]?.text).toContain(`input.${name} was not sent`)
  }
})

test('a model below a listed one costs what that one does, and the quote says from where', async () => {
  const args = { model: 'fal-ai/veo3.1/fast', quoteOnly: true }
  const input = { prompt: 'x', duration: '8s', resolution: '4k' }
  expect(answerOf(await client.call('run', { ...args, input }))).toMatchObject({
    cost: money(2_400_000),
    priceSource: 'parent',
  })
})

test('a quote of run tells what its model takes, in both halves', async () => {
  const film = { model: 'fal-ai/veo3.1', input: { prompt: 'x' }, quoteOnly: true }
  const { structuredContent, content } = await client.call('run', film)
  const inputs = structuredContent?.['inputs'] as string[]
  for (const name of ['prompt', 'duration', 'resolution', 'generate_audio'])
    expect(inputs.filter((told) => told.startsWith(name))).toHaveLength(1)
  for (const told of inputs) expect(content[0]?.text).toContain(told)
  const still = await client.call('generateImage', { ...small, quoteOnly: true })
  expect(answerOf(still)).not.toHaveProperty('inputs')
})

test('a price above the limit of the call is quoted as refused, equal to it as allowed', async () => {
  const dear = answerOf(
    await client.call('generateImage', { ...small, quoteOnly: true, maxCostUsd: 0.049999 }),
  )
  expect(dear).toMatchObject({
    allowed: false,
    refusal: { code: 'max_cost_exceeded', charged: money(0) },
  })
  const equal = { ...small, quoteOnly: true, maxCostUsd: 0.05 }
  expect(answerOf(await client.call('generateImage', equal))).toMatchObject({ allowed: true })
})

test('a price above the balance is quoted as refused', async () => {
  const args = { model: 'fal-ai/sora-2/text-to-video/pro', quoteOnly: true }
  const quote = answerOf(
    await client.call('run', { ...args, input: { prompt: 'a calm sea', duration: 20 } }),
  )
  expect(quote).toMatchObject({
    cost: money(6_000_000),
    allowed: false,
    refusal: {
      code: 'insufficient_credits',
      required: money(6_000_000),
      available: money(GRANT),
    },
  })
})

test('whatever was quoted, no money moved and nothing was made', async () => {
  expect(await stateOf(home)).toEqual(UNTOUCHED)
})
