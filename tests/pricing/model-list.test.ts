import { describe, expect, test } from 'vitest'
import {
  assertMayUse,
  mayUse,
  readModelList,
  storedModelList,
  storeModelList,
  type ModelList,
} from '../../src/pricing/model-list.ts'
import { loadRates } from '../../src/pricing/price-file.ts'
import { findModel } from '../../src/pricing/find-model.ts'
import { quotePrice } from '../../src/pricing/quote.ts'

const RATES = loadRates('default', undefined)

const failureOf = (body: () => unknown): unknown => {
  try {
    return body()
  } catch (error) {
    return error
  }
}

describe('a list', () => {
  test.each<[string, ModelList]>([
    ['fal-ai/flux/schnell', ['fal-ai/flux/schnell']],
    ['fal-ai/flux/*,local/*', ['fal-ai/flux/*', 'local/*']],
    [' local/* , fal-ai/* ', ['local/*', 'fal-ai/*']],
    ['local/*,local/*', ['local/*']],
    ['fal-ai/kling-video/v2.5-turbo/*', ['fal-ai/kling-video/v2.5-turbo/*']],
    ['*', null],
    ['local/*,*', null],
  ])('%j is read, and is the same when it comes back', (text, list) => {
    expect(readModelList(text)).toEqual(list)
    expect(storedModelList(storeModelList(list))).toEqual(list)
  })

  test.each([
    '',
    ',',
    'local/*,',
    'flux',
    '/*',
    '**',
    'fal-ai/flux*',
    'fal-ai/*/schnell',
    '*/schnell',
    'fal-ai/flux/**',
    'fal-ai//*',
    'fal-ai/../local/*',
    'fal-ai/flux schnell',
    'FAL-AI/flux/schnell',
    'https://fal.ai/models',
    `${'a/b'.repeat(3)}\u0007/*`,
  ])('%j is refused, and says what a list looks like', (text) => {
    expect(failureOf(() => readModelList(text))).toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(/^".*" is no pattern for models\.$/),
      hint: expect.stringContaining('fal-ai/flux/*'),
    })
  })

  test('has at most 100 patterns', () => {
    const of = (count: number) => Array.from({ length: count }, (_, n) => `acme/model-${n}`).join()
    expect(readModelList(of(100))).toHaveLength(100)
    expect(failureOf(() => readModelList(of(101)))).toMatchObject({ code: 'invalid_input' })
  })
})

describe('a model is on a list', () => {
  const on = (list: string, id: string, endpoint: string | null = id) =>
    mayUse({ account: null, key: readModelList(list) }, { id, endpoint })

  test.each([
    ['fal-ai/flux/schnell', 'fal-ai/flux/schnell', true],
    ['fal-ai/flux/schnell', 'fal-ai/flux/schnell/turbo', false],
    ['fal-ai/flux/schnell', 'fal-ai/flux/schnel', false],
    ['fal-ai/flux/*', 'fal-ai/flux/schnell', true],
    ['fal-ai/flux/*', 'fal-ai/flux/dev/controlnet', true],
    ['fal-ai/flux/*', 'fal-ai/flux', false],
    ['fal-ai/flux/*', 'fal-ai/flux-2-flex', false],
    ['fal-ai/flux/*', 'fal-ai/flux-pro/kontext', false],
    ['flux/*', 'fal-ai/flux/schnell', false],
    ['local/*', 'local/draft', true],
    ['local/*', 'fal-ai/local/draft', false],
    ['*', 'acme/anything', true],
  ])('%s: %s is %s', (list, id, is) => {
    expect(on(list, id)).toBe(is)
  })

  test('under both of its names, and under neither of another', () => {
    const [id, endpoint] = ['fal-ai/bria/upscale/creative', 'bria/upscale/creative']
    for (const list of [id, endpoint, 'bria/*', 'fal-ai/bria/*'])
      expect(on(list, id, endpoint)).toBe(true)
    expect(on('fal-ai/topaz/*', id, endpoint)).toBe(false)
    expect(on('beatoven/*', 'beatoven/music-generation', null)).toBe(true)
  })

  test('where the account and the key have one, only if it is on both', () => {
    const lists = {
      account: readModelList('fal-ai/*'),
      key: readModelList('local/*,fal-ai/flux/*'),
    }
    const may = (id: string) => mayUse(lists, { id, endpoint: id })
    expect(['fal-ai/flux/schnell', 'local/draft', 'fal-ai/veo3.1'].map(may)).toEqual([
      true,
      false,
      false,
    ])
  })

  test('by either name in whatever price is asked', () => {
    // Two models of the catalogue share an endpoint: there its name stands for the first of them.
    const two = [...RATES.models.values()].filter(
      ({ id, endpoint }) => endpoint !== null && endpoint !== id && !endpoint.endsWith('general'),
    )
    expect(two.length).toBeGreaterThan(2)
    for (const { id, endpoint, operation } of two) {
      for (const asked of [id, endpoint ?? '']) {
        const priced = quotePrice({ operation, model: asked, count: 1, input: {} }, RATES)
        for (const name of [id, endpoint ?? ''])
          expect(on(name, priced.model, priced.endpoint)).toBe(true)
      }
    }
  })
})

describe('a model that is not on the list is forbidden', () => {
  const refusal = (lists: { account?: string; key?: string }, model: string) =>
    failureOf(() =>
      assertMayUse(
        {
          account: lists.account === undefined ? null : readModelList(lists.account),
          key: lists.key === undefined ? null : readModelList(lists.key),
        },
        findModel({ operation: 'generateImage', model }, RATES).model,
        RATES,
      ),
    )

  test('with the patterns and the listed models that they mean, those of the tool first', () => {
    expect(refusal({ key: 'fal-ai/flux/*,local/*' }, 'fal-ai/flux-2-flex')).toMatchObject({
      code: 'forbidden',
      retryable: false,
      message: 'fal-ai/flux-2-flex is not allowed: this API key may use fal-ai/flux/*, local/*.',
      hint: 'Call again with a model that is, such as fal-ai/flux/schnell, local/draft, fal-ai/flux/dev/controlnet (run), fal-ai/flux/dev/ip-adapter (run), local/edit (editImage). Only the operator can change the list.',
    })
  })

  test('with both lists, and only what is on both', () => {
    expect(refusal({ account: 'local/*', key: 'local/draft,fal-ai/*' }, 'acme/x')).toMatchObject({
      message:
        'acme/x is not allowed: this account may use local/*, and this API key may use local/draft, fal-ai/*.',
      hint: 'Call again with a model that is, such as local/draft. Only the operator can change the list.',
    })
  })

  test('and where no listed model is left, that is said', () => {
    expect(refusal({ account: 'acme/*' }, 'fal-ai/flux-2-flex')).toMatchObject({
      hint: 'No listed model is among them. Only the operator can change the list.',
    })
  })

  test('without naming one that nobody serves any more', () => {
    expect(refusal({ key: 'beatoven/*' }, 'fal-ai/flux-2-flex')).toMatchObject({
      hint: expect.stringContaining('No listed model'),
    })
  })

  test('with the first ten patterns of a long list', () => {
    const key = Array.from({ length: 12 }, (_, n) => `acme/model-${n}`).join()
    expect(refusal({ key }, 'fal-ai/flux-2-flex')).toMatchObject({
      message: expect.stringMatching(/acme\/model-9 and 2 more\.$/),
    })
  })
})
