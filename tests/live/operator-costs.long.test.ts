import { expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { examine } from '../support/app.ts'
import { connectV2 } from '../support/clients.ts'
import { FAL_MODELS, startFalEmulator, type FalModel } from '../services/fal/emulator.ts'
import { GRANT, liveHome } from '../support/live.ts'
import { answerOf, errorOf } from '../tools/support.ts'

const LORA = { model_name: 'acme/sdxl', prompt: 'a fox' }

/** Endpoints of fal's that the catalogue does not list, made like the listed one above them. */
function unlisted(): Record<string, FalModel> {
  const { 'fal-ai/veo3.1': veo, 'fal-ai/flux/schnell': schnell } = FAL_MODELS
  if (veo === undefined || schnell === undefined) throw new Error('the emulator lacks a model')
  return {
    'fal-ai/veo3.1/image-to-video': veo,
    'fal-ai/bytedance/seedream/v4': {
      ...schnell,
      unit: 'images',
      unitPriceUsd: 0.03,
      units: (input) => Number(input['max_images'] ?? 1),
    },
  }
}

/** Calls that cost the operator far more than the customer before their price followed what fal bills. */
const ATTACKS: [what: string, tool: string, args: object, price: number, fal: number][] = [
  ['4096 × 4096', 'generateImage', { model: 'fal-ai/flux-2-flex', prompt: 'x', imageSize: { width: 4096, height: 4096 } }, 850_000, 800_000],
  ['four of 4096 × 4096', 'generateImage', { model: 'fal-ai/flux/schnell', prompt: 'x', numImages: 4, imageSize: { width: 4096, height: 4096 } }, 204_000, 192_000],
  ['4k for 8 s', 'run', { model: 'fal-ai/veo3.1', input: { prompt: 'x', duration: '8s', resolution: '4k' } }, 2_400_000, 4_800_000],
  ['14142 × 14142 and 1,000 steps', 'run', { model: 'fal-ai/flux/dev/controlnet', input: { prompt: 'x', image_size: { width: 14_142, height: 14_142 }, num_inference_steps: 1000 } }, 510_000, 1_200_000],
  ['8000 × 8000 and 500 steps', 'run', { model: 'fal-ai/lora', input: { ...LORA, image_size: { width: 8000, height: 8000 }, num_inference_steps: 500 } }, 66_667, 4_200],
  ['a tier without a price', 'run', { model: 'fal-ai/sora-2/text-to-video/pro', input: { prompt: 'x', resolution: 'true_1080p' } }, 1_500_000, 2_000_000],
  ['an unlisted film in 4k', 'run', { model: 'fal-ai/veo3.1/image-to-video', input: { prompt: 'x', duration: '8s', resolution: '4k' } }, 2_400_000, 4_800_000],
  ['many outputs of an unlisted model', 'run', { model: 'fal-ai/bytedance/seedream/v4', input: { prompt: 'x', max_images: 6 } }, 50_000, 30_000],
] // prettier-ignore

/** What fal takes for the base call of each, over its list price: no larger call may be a worse deal. */
const BASE_RATE: Readonly<Record<string, number>> = {
  'fal-ai/flux/dev/controlnet': 75 / 30,
  'fal-ai/veo3.1': 2,
  'fal-ai/veo3.1/image-to-video': 2,
  'fal-ai/sora-2/text-to-video/pro': 2.5 / 1.5,
}

test.each(ATTACKS)(
  '%s by %s: the customer pays in proportion to what fal bills',
  async (_, tool, args, price, billed) => {
    await using fal = await startFalEmulator({ models: unlisted() })
    using home = liveHome(fal)
    {
      await using client = await connectV2(home)
      const quote = answerOf(await client.call(tool, { ...args, quoteOnly: true }))
      const { cost, model } = answerOf(await client.call(tool, { ...args, preview: false })) as {
        cost: unknown
        model: string
      }
      expect([quote.cost, cost]).toEqual([money(price), money(price)])
      expect(fal.spentMicro()).toBe(billed)
      expect(fal.spentMicro()).toBeLessThanOrEqual(price * (BASE_RATE[model] ?? 1))
    }
    const { available, held, difference } = await examine(home)
    expect([GRANT - available, held, difference]).toEqual([price, 0, null])
  },
)

test('what changes the price is told: lowered values, sizes and multipliers that were left out', async () => {
  await using fal = await startFalEmulator({ models: unlisted() })
  using home = liveHome(fal)
  await using client = await connectV2(home)
  const told = async (model: string, input: object) => {
    const { adjusted, dropped } = answerOf(await client.call('run', { model, input }))
    return { adjusted, dropped }
  }
  const sora = { prompt: 'x', resolution: 'true_1080p', duration: 4 }
  expect(await told('fal-ai/sora-2/text-to-video/pro', sora)).toEqual({
    adjusted: ['input.resolution was sent as "1080p".'],
    dropped: [],
  })
  const many = { prompt: 'x', max_images: 6, n: 4, image_size: { width: 9000, height: '9000' } }
  expect(await told('fal-ai/bytedance/seedream/v4', many)).toEqual({
    adjusted: [
      'input.width was lowered to 4096 pixels.',
      'input.height was lowered to 4096 pixels.',
    ],
    dropped: [
      'input.max_images was not sent: the price covers one output; num_images says how many.',
      'input.n was not sent: the price covers one output; num_images says how many.',
    ],
  })
  expect(fal.jobs.at(-1)?.input).toEqual({
    prompt: 'x',
    image_size: { width: 4096, height: 4096 },
  })
})

test('a field that a listed model does not have is refused before anything is sent or held', async () => {
  await using fal = await startFalEmulator()
  using home = liveHome(fal)
  {
    await using client = await connectV2(home)
    const batch = { model: 'fal-ai/lora', input: { ...LORA, batch_size: 16 } }
    expect(errorOf(await client.call('run', batch))).toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(/^"fal-ai\/lora" has no input\.batch_size\. It takes /),
    })
    const film = { model: 'fal-ai/veo3.1/fast', prompt: 'x' }
    expect(errorOf(await client.call('generateImage', film))).toMatchObject({
      code: 'wrong_operation',
      hint: expect.stringContaining('Call run'),
    })
    expect(fal.requests).toEqual([])
  }
  expect(await examine(home)).toMatchObject({ held: 0, difference: null, transactions: [] })
})

test('with INKWELL_UNKNOWN_MODELS=upstream an unlisted model costs what fal asks, where that is decided', async () => {
  const flux = FAL_MODELS['fal-ai/flux/schnell']
  if (flux === undefined) throw new Error('the emulator lacks a model')
  await using fal = await startFalEmulator({
    models: {
      'acme/by-image': { ...flux, unit: 'images', unitPriceUsd: 0.013, units: () => 1 },
      'acme/by-megapixel': { ...flux, unitPriceUsd: 0.0123 },
      'acme/by-second': { ...flux, unit: 'seconds', unitPriceUsd: 0.07, units: () => 6 },
      'acme/by-text': { ...flux, unit: '1000 characters', unitPriceUsd: 0.1, units: () => 0.75 },
      'acme/by-time': { ...flux, unit: 'compute seconds', unitPriceUsd: 0.001, units: () => 9 },
    },
  })
  using home = liveHome(fal, { INKWELL_UNKNOWN_MODELS: 'upstream' })
  {
    await using client = await connectV2(home)
    const made = await client.call('run', { model: 'acme/by-image', input: { prompt: 'x' } })
    expect(answerOf(made)).toMatchObject({ cost: money(13_000), priceSource: 'upstream' })
    const size = { width: 2048, height: 2048 }
    const large = { model: 'acme/by-megapixel', prompt: 'x', imageSize: size }
    expect(answerOf(await client.call('generateImage', large))).toMatchObject({
      cost: money(61_500), // five megapixels begun
      priceSource: 'upstream',
    })
    const quoteOf = async (model: string, input: object) =>
      answerOf(await client.call('run', { model, input, quoteOnly: true }))
    const film = await quoteOf('acme/by-second', { prompt: 'x', duration: '6s' })
    expect(film).toMatchObject({ cost: money(420_000), priceSource: 'upstream' })
    const speech = await quoteOf('acme/by-text', { text: '🦊'.repeat(750) })
    expect(speech).toMatchObject({ cost: money(75_000), priceSource: 'upstream' })
    for (const [model, input] of [
      ['acme/by-second', { prompt: 'x' }],
      ['acme/by-time', { prompt: 'x' }],
      ['acme/by-megapixel', { prompt: 'x' }],
      ['acme/by-image', { prompt: 'x', resolution: '4K' }],
      ['acme/not-there', { prompt: 'x' }],
    ] as const) {
      const refused = errorOf(await client.call('run', { model, input }))
      expect([model, refused.code]).toEqual([model, 'price_unknown'])
    }
    expect(fal.jobs).toHaveLength(2)
    expect(fal.requests.filter(({ host }) => host === 'api.fal.ai').length).toBeLessThanOrEqual(8) // prices, and what the two really cost
  }
  const { available, difference } = await examine(home)
  expect([GRANT - available, difference]).toEqual([74_500, null])
})
