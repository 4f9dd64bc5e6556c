import { describe, expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { plainPicture, temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { connectV2, type TestClient } from '../support/clients.ts'
import { answerOf, errorOf, small } from './support.ts'

const quote = { prompt: 'a calm sea', quoteOnly: true }

let home: Home
let client: TestClient
let picture: string

beforeTests(async (keep) => {
  home = keep(temporaryHome())
  client = keep(await connectV2(home))
  picture = await plainPicture(home)
})

describe('an argument is taken for what its schema wants', () => {
  test.each([
    ['generateImage', { ...quote, quoteOnly: 'true', numImages: '2' }, { cost: money(100_000) }],
    ['generateImage', { ...quote, numImages: '2.0', seed: '42' }, { cost: money(100_000) }],
    ['generateImage', { ...quote, maxCostUsd: '0.01' }, { allowed: false }],
    ['generateImage', { ...quote, maxCostUsd: null, seed: null }, { allowed: true }],
    ['generateImage', { ...quote, numImages: null, model: '' }, { cost: money(50_000) }],
    ['generateImage', { ...quote, negativePrompt: '', idempotencyKey: '' }, { allowed: true }],
    ['generateImage', { ...quote, outputFormat: '', imageSize: null }, { allowed: true }],
    ['generateImage', { ...quote, model: ' fal-ai/flux/schnell\n' }, { cost: money(3_000) }],
    ['editImage', { ...quote, image: null, images: ['gen_1'] }, { cost: money(40_000) }],
    ['editImage', { ...quote, images: '["gen_1","gen_2"]' }, { cost: money(40_000) }],
    ['upscale', { image: 'gen_1', quoteOnly: true, scale: '4' }, { cost: money(30_000) }],
    [
      'run',
      { model: 'fal-ai/lora', input: '{"prompt":"a calm sea","num_images":2}', quoteOnly: true },
      { cost: money(40_000) },
    ],
    ['checkUsage', { days: '1', limit: '0', daily: 'true' }, { recent: [] }],
    ['checkUsage', { days: null, from: '', to: '' }, { mode: 'test' }],
    ['buyCredits', { amountUsd: '10', checkoutId: '' }, { amount: money(10_000_000) }],
  ])('%s %j', async (tool, args, says) => {
    expect(answerOf(await client.call(tool, args))).toMatchObject(says)
  })

  test('white space around a path and an id is cut', async () => {
    const made = answerOf(
      await client.call('editImage', {
        prompt: 'grayscale',
        model: 'local/edit',
        image: ` ${picture} \n`,
      }),
    )
    expect(
      answerOf(await client.call('getGeneration', { id: ` ${String(made.id)} ` })),
    ).toMatchObject({
      id: made.id,
      status: 'completed',
    })
  })

  test('it is the same argument: a key of idempotency sees no difference', async () => {
    const key = { idempotencyKey: 'same', model: 'local/draft' }
    const first = answerOf(await client.call('generateImage', { ...small, ...key, numImages: 1 }))
    const again = { ...small, ...key, imageSize: '64x64', numImages: '1', seed: null }
    expect(answerOf(await client.call('generateImage', again))).toMatchObject({
      id: first.id,
      replayed: true,
    })
  })
})

test.each([
  ['generateImage', { ...quote, numImages: ' 2' }],
  ['generateImage', { ...quote, numImages: '2e0' }],
  ['generateImage', { ...quote, numImages: '0x2' }],
  ['generateImage', { ...quote, seed: '+1' }],
  ['generateImage', { ...quote, seed: true }],
  ['generateImage', { prompt: 'a calm sea', quoteOnly: 'yes' }],
  ['generateImage', { prompt: 'a calm sea', quoteOnly: 'True' }],
  ['generateImage', { prompt: 'a calm sea', quoteOnly: 1 }],
  ['editImage', { ...quote, images: '["gen_1"' }],
  ['editImage', { ...quote, images: '{"0":"gen_1"}' }],
  ['editImage', { ...quote, images: ['gen_1', null] }],
  ['run', { model: 'fal-ai/lora', input: '["prompt"]', quoteOnly: true }],
])('what is not exactly that is refused: %s %j', async (tool, args) => {
  expect(errorOf(await client.call(tool, args)).code).toBe('invalid_input')
})

test('what a model of run takes is left as it is', async () => {
  const input = { prompt: 'a calm sea', num_images: '2', seed: null, empty: '' }
  const { message } = errorOf(
    await client.call('run', { model: 'fal-ai/lora', input, quoteOnly: true }),
  )
  expect(message).toMatch(/num_images/)
})

test('a wrong argument is named once', async () => {
  const { message } = errorOf(await client.call('editImage', { ...quote, images: 'a.png, b.png' }))
  expect(message).toBe('images must be an array of 1 to 10 items.')
})

describe('an argument that a host adds to every tool is ignored', () => {
  test.each([
    ['generateImage', quote, { cost: money(50_000) }],
    ['upscale', { image: 'gen_1', quoteOnly: true }, { cost: money(30_000) }],
    ['checkUsage', {}, { mode: 'test' }],
  ])('%s', async (tool, args, says) => {
    for (const wait of [true, false]) {
      const result = await client.call(tool, { ...args, wait_for_previous: wait })
      expect(answerOf(result)).toMatchObject(says)
    }
  })

  test('nor does a key of idempotency see it', async () => {
    const args = { ...small, model: 'local/draft', idempotencyKey: 'waited' }
    const first = answerOf(await client.call('generateImage', args))
    const again = await client.call('generateImage', { ...args, wait_for_previous: true })
    expect(answerOf(again)).toMatchObject({ id: first.id, replayed: true })
  })

  test('in the input of run it is a field like any other', async () => {
    const input = { prompt: 'a calm sea', wait_for_previous: true }
    const { message } = errorOf(
      await client.call('run', { model: 'fal-ai/lora', input, quoteOnly: true }),
    )
    expect(message).toContain('wait_for_previous')
  })
})

describe('an unknown argument is refused, and a close one named', () => {
  test.each([
    ['generateImage', { size: 'square' }, 'imageSize'],
    ['generateImage', { image_size: 'square' }, 'imageSize'],
    ['generateImage', { aspect_ratio: '16:9' }, 'imageSize'],
    ['generateImage', { n: 2 }, 'numImages'],
    ['generateImage', { num_images: 2 }, 'numImages'],
    ['generateImage', { output_format: 'png' }, 'outputFormat'],
    ['generateImage', { negative_prompt: 'red' }, 'negativePrompt'],
    ['generateImage', { promt: 'x' }, 'prompt'],
    ['generateImage', { 'max-cost-usd': 1 }, 'maxCostUsd'],
    ['editImage', { image_url: 'gen_1' }, 'image'],
    ['editImage', { image_urls: ['gen_1'] }, 'images'],
  ])('%s %j', async (tool, args, meant) => {
    const { message, hint } = errorOf(await client.call(tool, { ...quote, ...args }))
    expect(message).toContain(
      `There is no argument "${Object.keys(args)[0]}" (did you mean ${meant}?)`,
    )
    expect(hint).toContain('numImages')
  })

  test('and where none is close, none', async () => {
    const { message, hint } = errorOf(await client.call('generateImage', { ...quote, style: 'x' }))
    expect(message).toBe('There is no argument "style".')
    expect(hint).toContain('prompt, model, imageSize')
  })
})

describe('a model whose name is nearly a listed one', () => {
  test.each([
    ['generateImage', 'schnell', 'fal-ai/flux/schnell'],
    ['generateImage', 'FLUX-2-flex', 'fal-ai/flux-2-flex'],
    ['generateImage', 'local/drafts', 'local/draft'],
    ['removeBackground', 'Birefnet', 'fal-ai/birefnet'],
  ])('%s %s is refused and named', async (tool, model, meant) => {
    const args = tool === 'generateImage' ? quote : { image: picture, quoteOnly: true }
    expect(errorOf(await client.call(tool, { ...args, model })).hint).toContain(
      `Did you mean "${meant}"?`,
    )
  })

  test('is priced and told where it could be one of its own', async () => {
    const args = { ...quote, model: 'fal-ai/flux/schnel' }
    const { structuredContent, content } = await client.call('generateImage', args)
    const note =
      '"fal-ai/flux/schnel" is not in the price list; did you mean "fal-ai/flux/schnell"?'
    expect(structuredContent).toMatchObject({
      priceSource: 'default',
      cost: money(50_000),
      notes: [note],
    })
    expect(content[0]?.text).toContain(note)
    const other = { ...quote, model: 'acme/unheard-of' }
    expect(answerOf(await client.call('generateImage', other))).toMatchObject({ notes: [] })
  })

  test('is named where unlisted models are refused', async () => {
    await using strict = await connectV2(home, { INKWELL_UNKNOWN_MODELS: 'refuse' })
    const args = { ...quote, model: 'fal-ai/flux/schnel' }
    expect(errorOf(await strict.call('generateImage', args))).toMatchObject({
      code: 'price_unknown',
      hint: expect.stringContaining('Did you mean "fal-ai/flux/schnell"?'),
    })
  })
})
