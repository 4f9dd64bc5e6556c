import { expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { CATALOG, categoryOf, DEFAULT_MODELS } from '../../src/pricing/catalog.ts'
import { priceList } from '../../src/pricing/price-list.ts'
import { quotePrice } from '../../src/pricing/quote.ts'

const rates = {
  models: new Map(CATALOG.map((model) => [model.id, model])),
  unknownModels: 'default',
} as const

/** The price list of the documentation that the product follows, to the micro-dollar. */
const LISTED = [
  ['fal-ai/flux/schnell', 'generateImage', 'image', 3_000],
  ['fal-ai/flux-2-flex', 'generateImage', 'image', 50_000],
  ['fal-ai/recraft/v4/text-to-image', 'generateImage', 'image', 40_000],
  ['fal-ai/recraft/v4/pro/text-to-image', 'generateImage', 'image', 60_000],
  ['fal-ai/ideogram/v3', 'generateImage', 'image', 60_000],
  ['fal-ai/nano-banana-2', 'generateImage', 'image', 80_000],
  ['fal-ai/flux-pro/kontext', 'editImage', 'image', 40_000],
  ['fal-ai/nano-banana-2/edit', 'editImage', 'image', 80_000],
  ['fal-ai/reve/edit', 'editImage', 'image', 40_000],
  ['fal-ai/birefnet', 'removeBackground', 'image', 5_000],
  ['fal-ai/bria/background/remove', 'removeBackground', 'image', 18_000],
  ['fal-ai/bria/upscale/creative', 'upscale', 'image', 30_000],
  ['fal-ai/topaz/upscale/image', 'upscale', 'image', 80_000],
  ['fal-ai/minimax/hailuo-02/standard/text-to-video', 'run', 'video', 270_000],
  ['fal-ai/kling-video/v2.5-turbo/pro/text-to-video', 'run', 'video', 350_000],
  ['fal-ai/kling-video/v3/pro/text-to-video', 'run', 'video', 1_120_000],
  ['fal-ai/veo3.1', 'run', 'video', 1_000_000],
  ['fal-ai/sora-2/text-to-video/pro', 'run', 'video', 1_500_000],
  ['beatoven/music-generation', 'run', 'music', 50_000],
  ['beatoven/sound-effect-generation', 'run', 'music', 50_000],
  ['minimax/speech-02-hd', 'run', 'voice', 50_000],
  ['fal-ai/flux/dev/controlnet', 'run', 'image', 30_000],
  ['fal-ai/flux/dev/ip-adapter', 'run', 'image', 30_000],
  ['fal-ai/lora', 'run', 'image', 20_000],
] as const

/** Priced, and served by fal no longer. */
const GONE: readonly string[] = ['beatoven/music-generation', 'beatoven/sound-effect-generation']

test('the catalogue is these 24 models and no other', () => {
  expect(
    CATALOG.map(({ id, operation, modality, price }) => [id, operation, modality, price]),
  ).toEqual(LISTED)
})

test.each(LISTED.filter(([model]) => !GONE.includes(model)))(
  '%s for %s (%s) costs %i micro',
  (model, operation, modality, price) => {
    const ask = () => quotePrice({ operation, model, count: 1 }, rates)
    expect(ask()).toMatchObject({
      model,
      operation,
      modality,
      price,
      unitPrice: price,
      priceSource: 'catalog',
    })
  },
)

test.each(GONE)('%s is gone: it has no price to quote', (model) => {
  expect(() => quotePrice({ operation: 'run', model, count: 1 }, rates)).toThrow(
    expect.objectContaining({ code: 'model_gone' }),
  )
})

test('one of each costs more than the grant of a new account', () => {
  expect(CATALOG.reduce((sum, { price }) => sum + price, 0)).toBe(5_056_000)
})

test('each image tool has the default model of the documentation', () => {
  expect(DEFAULT_MODELS).toEqual({
    generateImage: 'fal-ai/flux-2-flex',
    editImage: 'fal-ai/flux-pro/kontext',
    removeBackground: 'fal-ai/birefnet',
    upscale: 'fal-ai/bria/upscale/creative',
  })
})

test('a category follows from the modality, and unlisted models have their own', () => {
  expect(
    (['image', 'video', 'voice', 'music'] as const).map((one) => categoryOf(one, true)),
  ).toEqual(['Image Generation', 'Video Generation', 'Audio Generation', 'Audio Generation'])
  expect(categoryOf('image', false)).toBe('AI Generation')
})

test('models that fal serves no longer are listed as such, with what to use instead', () => {
  const gone = priceList(rates).models.filter(({ served }) => !served)
  expect(gone.map(({ model }) => model)).toEqual(GONE)
  for (const { successor } of gone) expect(successor).toMatch(/^[a-z-]+\/.+/)
})

test('the price list says what a price buys and what an unlisted model costs', () => {
  const { models, unlisted } = priceList(rates)
  const per = (id: string) => models.find(({ model }) => model === id)?.per
  expect(per('fal-ai/flux/schnell')).toBe('output up to 1 megapixel, more in proportion')
  expect(per('fal-ai/ideogram/v3')).toBe('output')
  expect(per('fal-ai/veo3.1')).toMatch(/5 seconds/)
  expect(per('minimax/speech-02-hd')).toMatch(/500 characters/)
  expect(unlisted).toEqual({ policy: 'default', price: money(50_000) })
  expect(priceList({ ...rates, unknownModels: 'refuse' }).unlisted.price).toBeNull()
})
