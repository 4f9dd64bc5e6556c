import { afterAll, beforeAll, expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { CATALOG, DEFAULT_MODELS } from '../../src/pricing/catalog.ts'
import { temporaryHome, type Home } from '../support/app.ts'
import { connectV2, type TestClient } from '../support/clients.ts'
import { answerOf, GRANT, small, stateOf, UNTOUCHED } from './support.ts'

let home: Home
let client: TestClient

beforeAll(async () => {
  home = temporaryHome()
  client = await connectV2(home)
})
afterAll(async () => {
  await client[Symbol.asyncDispose]()
  home[Symbol.dispose]()
})

const input = { prompt: 'a calm sea', text: 'a calm sea' }
const ask = (model: string) => {
  const { operation } = CATALOG.find(({ id }) => id === model) ?? { operation: 'run' }
  const args = {
    generateImage: { prompt: 'x' },
    editImage: { prompt: 'x', image: 'gen_1' },
    removeBackground: { image: 'gen_1' },
    upscale: { image: 'gen_1' },
    run: { input },
  }[operation]
  return [operation, { ...args, model, quoteOnly: true }] as const
}

test.each(CATALOG.map(({ id, price }) => [id, price]))(
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
  const run = { model: 'fal-ai/lora', input: { ...input, num_images: 3 }, quoteOnly: true }
  expect(answerOf(await client.call('run', run)).cost).toEqual(money(60_000))
})

test.each([
  ['generateImage', { prompt: 'x' }],
  ['removeBackground', { image: 'gen_1' }],
  ['run', { input }],
])('a model that nobody listed costs $0.05 by %s, and the quote says so', async (tool, args) => {
  const quote = answerOf(
    await client.call(tool, { ...args, model: 'acme/brand-new', quoteOnly: true }),
  )
  expect(quote).toMatchObject({ cost: money(50_000), priceSource: 'default' })
})

test.each([
  ['fal-ai/veo3.1', { duration: '10s' }, 2_000_000],
  ['fal-ai/veo3.1', { duration: 4 }, 1_000_000],
  ['fal-ai/minimax/hailuo-02/standard/text-to-video', { duration: '10' }, 450_000],
  ['minimax/speech-02-hd', { text: 'x'.repeat(501) }, 50_100],
  ['minimax/speech-02-hd', { text: 'x'.repeat(500) }, 50_000],
])('the price of %s grows with its length', async (model, extra, price) => {
  const quote = answerOf(
    await client.call('run', { model, input: { ...input, ...extra }, quoteOnly: true }),
  )
  expect(quote.cost).toEqual(money(price))
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
  const quote = answerOf(await client.call('run', { ...args, input: { ...input, duration: 20 } }))
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
