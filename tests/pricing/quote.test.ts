import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CATALOG } from '../../src/pricing/catalog.ts'
import { quotePrice, type QuoteRequest } from '../../src/pricing/quote.ts'

const rates = {
  models: new Map(CATALOG.map((model) => [model.id, model])),
  unknownModels: 'default',
} as const

const HAILUO = 'fal-ai/minimax/hailuo-02/standard/text-to-video'
const KLING_25 = 'fal-ai/kling-video/v2.5-turbo/pro/text-to-video'
const KLING_3 = 'fal-ai/kling-video/v3/pro/text-to-video'
const VEO = 'fal-ai/veo3.1'
const SORA = 'fal-ai/sora-2/text-to-video/pro'
const SPEECH = 'minimax/speech-02-hd'

const ask = (model: string, input: Record<string, unknown> = {}, count = 1): QuoteRequest => ({
  operation: 'run',
  model,
  count,
  input,
})
const price = (model: string, input?: Record<string, unknown>, count?: number) =>
  quotePrice(ask(model, input, count), rates).price
const codeOf = (request: QuoteRequest, unknownModels: 'default' | 'refuse' = 'default') => {
  try {
    quotePrice(request, { ...rates, unknownModels })
    return 'priced'
  } catch (error) {
    return (error as { code?: string }).code
  }
}

describe('a model billed by length', () => {
  test.each([
    [HAILUO, { duration: 6 }, 270_000],
    [HAILUO, { duration: '10' }, 450_000],
    [KLING_25, { duration: '5' }, 350_000],
    [KLING_25, { duration: '10' }, 700_000],
    [KLING_3, { duration: 7 }, 1_568_000],
    [KLING_3, { duration: '15' }, 3_360_000],
    [KLING_3, { duration: '15', generate_audio: false }, 2_240_000],
    [VEO, { duration: '8s' }, 1_600_000],
    [SORA, { duration: 12 }, 3_600_000],
    [SPEECH, { text: 'x'.repeat(1000) }, 100_000],
    [SPEECH, { text: 'x'.repeat(501) }, 50_100],
    [SPEECH, { text: '🦊'.repeat(501) }, 50_100],
    [SPEECH, { text: 'x'.repeat(10_000) }, 1_000_000],
  ])('%s costs in proportion above its base', (model, input, expected) => {
    expect(price(model, input)).toBe(expected)
  })

  test.each([
    [HAILUO, { duration: 1 }, 270_000],
    [KLING_3, { duration: '3' }, 1_120_000],
    [VEO, { duration: '4s' }, 1_000_000],
    [SORA, { duration: 4 }, 1_500_000],
    [SORA, {}, 1_500_000],
    [SPEECH, { text: '' }, 50_000],
    [SPEECH, { text: 'x'.repeat(499) }, 50_000],
    [SPEECH, { text: '🦊'.repeat(500) }, 50_000],
    [KLING_3, { generate_audio: false }, 1_120_000],
    [SPEECH, {}, 50_000],
  ])('%s costs its list price at and below its base', (model, input, expected) => {
    expect(price(model, input)).toBe(expected)
  })

  test('rounds a price up to a whole micro-dollar', () => {
    expect(price(HAILUO, { duration: 7 })).toBe(315_000)
    const odd = new Map(rates.models)
    const listed = odd.get(HAILUO)
    expect(listed).toBeDefined()
    if (listed !== undefined) odd.set(HAILUO, { ...listed, price: 100_001 as typeof listed.price })
    expect(quotePrice(ask(HAILUO, { duration: 7 }), { ...rates, models: odd }).price).toBe(116_668)
  })

  test('never costs less for more', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(HAILUO, KLING_25, KLING_3, VEO, SORA),
        fc.integer({ min: 1, max: 9_000 }),
        (model, duration) => {
          expect(price(model, { duration: duration + 1 })).toBeGreaterThanOrEqual(
            price(model, { duration }),
          )
          expect(Number.isSafeInteger(price(model, { duration }))).toBe(true)
        },
      ),
    )
  })

  test.each([0, -5, 5.5, '5.5', '-5', '5m', 'ten', '', ' 5', '1e2', '99999', null, true, [5], {}])(
    'is not priced by a duration of %j: no guess decides what is charged',
    (duration) => {
      expect(codeOf(ask(VEO, { duration }))).toBe('invalid_input')
    },
  )

  test.each([5, null, ['text'], {}])('is not priced by a text of %j', (text) => {
    expect(codeOf(ask(SPEECH, { text }))).toBe('invalid_input')
  })

  test('is multiplied by the number of outputs as well', () => {
    expect(price(VEO, { duration: 10 }, 3)).toBe(6_000_000)
  })
})

test('the number of outputs multiplies the price', () => {
  for (const count of [1, 2, 3, 4])
    expect(
      quotePrice({ operation: 'generateImage', model: 'fal-ai/flux/schnell', count }, rates),
    ).toMatchObject({ unitPrice: 3_000, price: 3_000 * count })
})

describe('a model that is not listed', () => {
  test.each(['acme/foo', 'a/b/c/d', 'x1/y_2.z-3', 'fal-ai/flux-2'])('%s costs $0.05', (model) => {
    for (const operation of [
      'generateImage',
      'editImage',
      'removeBackground',
      'upscale',
      'run',
    ] as const)
      expect(quotePrice({ operation, model, count: 1 }, rates)).toMatchObject({
        price: 50_000,
        priceSource: 'default',
        modality: 'image',
        operation,
        endpoint: model,
      })
  })

  test.each([
    '',
    'foo',
    'Acme/foo',
    'acme/Foo bar',
    'acme//foo',
    '/acme/foo',
    'acme/foo/',
    'acme/../foo',
    'acme/foo..bar',
    '.acme/foo',
    'acme/.foo',
    '-acme/foo',
    'https://acme/foo',
    'acme/foo?x=1',
    'acme/foo\n',
    'acme/føø',
    'acme/foo/requests/abc/cancel',
    'acme/requests',
    '__proto__',
    'constructor',
  ])('%j is no model id', (model) => {
    expect(codeOf(ask(model))).toBe('invalid_input')
    expect(codeOf(ask(model), 'refuse')).toBe('invalid_input')
  })

  test('has no price where the operator refuses such models', () => {
    expect(codeOf(ask('acme/foo'), 'refuse')).toBe('price_unknown')
    expect(codeOf(ask('fal-ai/lora'), 'refuse')).toBe('priced')
  })
})

test('a listed model is refused by every operation but its own', () => {
  const operations = ['generateImage', 'editImage', 'removeBackground', 'upscale', 'run'] as const
  for (const { id, operation, endpoint } of CATALOG)
    for (const asked of operations)
      expect(codeOf({ operation: asked, model: id, count: 1 }), `${asked} ${id}`).toBe(
        asked !== operation ? 'wrong_operation' : endpoint === null ? 'model_gone' : 'priced',
      )
})

describe('a model below a listed one', () => {
  test.each([
    ['fal-ai/veo3.1/image-to-video', { duration: '8s', resolution: '4k' }, 2_400_000],
    ['fal-ai/veo3.1/fast', {}, 1_000_000],
    ['fal-ai/flux-general/inpainting', { image_size: 'square_hd' }, 30_000],
    ['fal-ai/minimax/speech-02-hd/x', { text: 'x'.repeat(1000) }, 100_000],
    ['minimax/speech-02-hd/x', { text: 'x'.repeat(1000) }, 100_000],
  ])('%s costs what that one does for %j', (model, input, expected) => {
    expect(quotePrice(ask(model, input), rates)).toMatchObject({
      model,
      endpoint: model,
      price: expected,
      priceSource: 'parent',
    })
    expect(codeOf(ask(model, input), 'refuse')).toBe('priced')
  })

  test('of a film is not priced for an image tool, which could not deliver it', () => {
    const request = { operation: 'generateImage', model: 'fal-ai/veo3.1/fast', count: 1 } as const
    expect(codeOf(request)).toBe('wrong_operation')
  })

  test('is any image tool\u2019s where it makes images', () => {
    const request = { operation: 'editImage', model: 'fal-ai/flux-2-flex/edit', count: 1 } as const
    const big = { width: 4000, height: 3000 }
    expect(quotePrice({ ...request, inputs: [big, big] }, rates)).toMatchObject({
      price: 25 * 50_000, // one megapixel out, twelve and twelve in
      priceSource: 'parent',
    })
  })
})
