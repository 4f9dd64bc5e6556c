import { expect, test } from 'vitest'
import { CATALOG } from '../../src/pricing/catalog.ts'
import { fit } from '../../src/generations/fit.ts'
import { findModel } from '../../src/pricing/find-model.ts'
import { RUN_FIELDS } from '../../src/pricing/run-fields.ts'
import { NAMED_SIZES } from '../../src/pricing/sizes.ts'
import { ENDPOINTS } from '../../src/providers/fal/endpoints.ts'
import { mapRequest } from '../../src/providers/fal/map.ts'
import * as support from '../services/fal/published-inputs.ts'

const { FAL_INPUTS, fullOf, IMAGE, inputProblems, leastOf, SERVED } = support
const MAPPED = /^(num_images|seed|negative_prompt|mask_url|upscale_factor|duration|image_size)$/
const RATES = {
  models: new Map(CATALOG.map((one) => [one.id, one])),
  unknownModels: 'default',
} as const
const HOST = 'https://v3b.fal.media'
const ONE = { images: [`${HOST}/a.png`] }
const MANY = { images: [`${HOST}/a.png`, `${HOST}/b.png`, `${HOST}/c.png`], mask: `${HOST}/m.png` }
const UNNAMED = { width: 1000, height: 600 }
const [image_url] = ONE.images
const [FLEX, RECRAFT] = ['fal-ai/flux-2-flex', 'fal-ai/recraft/v4/text-to-image']
const common = { model: 'm', count: 1, prompt: 'fox' }
const generate = { ...common, operation: 'generateImage', width: 1024, height: 576 } as const
const edit = { ...common, operation: 'editImage', images: [IMAGE] as (typeof IMAGE)[] } as const
const upscale = { ...common, operation: 'upscale', image: IMAGE, scale: 2 } as const

test('every endpoint of a priced model has a row and published facts, and no other has', () => {
  const endpoints = [...new Set(SERVED.map(({ endpoint }) => endpoint))].toSorted()
  expect(SERVED).toHaveLength(22)
  expect([...ENDPOINTS.keys()].toSorted()).toEqual(endpoints)
  expect([...FAL_INPUTS.keys()].toSorted()).toEqual(endpoints)
})

test.each([...RUN_FIELDS])(
  '%s: run may pass only what is published, or counted',
  (endpoint, fields) => {
    const published = [...(FAL_INPUTS.get(endpoint)?.keys() ?? []), 'num_images']
    expect(published).toEqual(expect.arrayContaining(Object.keys(fields)))
  },
)

test.each([...ENDPOINTS])('%s: the row has the published fields', (endpoint, facts) => {
  const { count, seed, negative, mask, size, format, scale } = facts
  const published = [...(FAL_INPUTS.get(endpoint)?.keys() ?? [])]
  const factor = scale && 'field' in scale && scale.field
  const named: (string | false | undefined)[] = [count, seed, negative, mask, factor]
  if (size?.kind === 'pixels') named.push('image_size')
  const fields = published.filter((name) => MAPPED.test(name))
  const own = Object.keys(RUN_FIELDS.get(endpoint) ?? {}).filter((name) => published.includes(name))
  const known = [...new Set([...named.filter((name) => typeof name === 'string'), ...own])]
  expect(known.filter((name) => MAPPED.test(name)).toSorted()).toEqual(fields.toSorted())
  const values: Record<string, unknown>[] =
    format?.offered.map((one) => ({ [format.field]: one })) ?? []
  if (size?.kind === 'ratio') values.push(...size.offered.map((one) => ({ aspect_ratio: one })))
  const problems = [...values, { ...facts.forced }].flatMap((one) => inputProblems(endpoint, one))
  expect(problems.filter((one) => !one.endsWith('missing'))).toEqual([])
})

test.each(SERVED)('$id: the least and the fullest request map to valid inputs', (model) => {
  for (const request of [leastOf(model), fullOf(model)]) {
    const before = structuredClone(request)
    const fitted = fit(request, findModel(request, RATES))
    const { inputs, adjusted, dropped } = mapRequest(fitted.request, model.endpoint, MANY)
    expect(inputs.flatMap((input) => inputProblems(model.endpoint, input))).toEqual([])
    const isPerJob = ENDPOINTS.get(model.endpoint)?.count === undefined
    expect(inputs).toHaveLength(isPerJob ? request.count : 1)
    for (const note of [...adjusted, ...dropped]) expect(note).toMatch(/^\w[^\n]{10,140}\.$/)
    expect(request).toEqual(before)
  }
})

test.each<[string | object, { width: number; height: number }]>([
  ...Object.entries(NAMED_SIZES),
  [UNNAMED, UNNAMED],
])('the size %j goes by its name, and one without a name as both sides', (image_size, size) => {
  const inputs = [{ prompt: 'fox', image_size, num_images: 1 }]
  const mapped = mapRequest({ ...generate, ...size }, 'fal-ai/flux/schnell', ONE)
  expect(mapped).toEqual({ inputs, adjusted: [], dropped: [] })
})

test.each([
  [1024, 576, '16:9', '1K'],
  [1024, 1024, '1:1', '1K'],
  [4096, 64, '8:1', '1K'],
  [64, 4096, '1:8', '1K'],
  [2048, 900, '21:9', '2K'],
  [768, 1000, '3:4', '1K'],
  [2048, 2048, '1:1', '2K'],
  [2049, 2048, '1:1', '4K'],
  [4096, 4096, '1:1', '4K'],
])(
  '%i × %i goes to a model of ratios as %s, at the tier that covers it: %s',
  (width, height, to, resolution) => {
    const mapped = mapRequest({ ...generate, width, height }, 'fal-ai/nano-banana-2', ONE)
    const sent = { prompt: 'fox', aspect_ratio: to, num_images: 1, resolution }
    const note = `The size of ${width} × ${height} pixels was sent as ${to} at ${resolution}: this model takes ratios, not pixels.`
    expect(mapped).toEqual({ inputs: [sent], adjusted: [note], dropped: [] })
  },
)

test.each([
  [FLEX, { seed: 9 }, [9, 10, 11]],
  [FLEX, { seed: 2 ** 32 - 2 }, [2 ** 32 - 2, 2 ** 32 - 1, 0]],
  [FLEX, {}, [undefined, undefined, undefined]],
  [RECRAFT, { seed: 9 }, [undefined, undefined, undefined]],
])('%s makes three images in three jobs, asked with %j', (endpoint, seed, seeds) => {
  const { inputs } = mapRequest({ ...generate, ...seed, count: 3 }, endpoint, ONE)
  expect(inputs.map((input) => input['seed'])).toEqual(seeds)
  expect(inputs.filter((input) => 'num_images' in input)).toEqual([])
})

test.each([
  ['fal-ai/flux/schnell', /^negativePrompt [^|]*\|outputFormat webp [^|]*jpeg and png\.$/],
  [RECRAFT, /^negativePrompt [^|]*\|seed [^|]*\|outputFormat webp [^|]*decides[^|]*$/],
  ['fal-ai/ideogram/v3', /^outputFormat [^|]*$/],
  ['fal-ai/nano-banana-2', /^negativePrompt [^|]*$/],
  ['fal-ai/flux-pro/kontext', /^2 of 3 images [^|]* 1\.\|mask [^|]*\|outputFormat [^|]*$/],
  ['fal-ai/nano-banana-2/edit', /^mask [^|]*$/],
  ['reve/2.1/edit', /^2 of 3 images [^|]*\|mask [^|]*\|seed [^|]*$/],
  ['bria/upscale/creative', /^2 of 3 images [^|]*\|scale 8 [^|]* 2 times\.$/],
])('%s: what it cannot honour is named', (endpoint, words) => {
  const model = SERVED.filter((one) => one.endpoint === endpoint)
  const dropped = model.flatMap((one) => mapRequest(fullOf(one), endpoint, MANY).dropped)
  expect(dropped.join('|')).toMatch(words)
})

test('input images go as one link or a list, as the endpoint takes them', () => {
  const cut = { ...common, operation: 'removeBackground', image: IMAGE } as const
  const inputs = [
    ...mapRequest(edit, 'fal-ai/flux-pro/kontext', MANY).inputs,
    ...mapRequest(edit, 'fal-ai/nano-banana-2/edit', MANY).inputs,
    ...mapRequest(cut, 'fal-ai/birefnet', ONE).inputs,
  ]
  expect(inputs).toEqual([
    { prompt: 'fox', num_images: 1, image_url },
    { prompt: 'fox', num_images: 1, image_urls: MANY.images, resolution: '1K' },
    { image_url, output_format: 'png' },
  ])
})

test.each([
  [800, 600, 2, 2, /^$/],
  [800, 600, 8, 4, /^scale 8 was lowered to 4: [^|]* at most 4 times\.$/],
  [4000, 3000, 2, 2, /^$/],
  [8000, 6000, 4, 2.36, /^scale 4 was lowered to 2\.36: [^|]* 268 megapixels\.$/],
])('topaz enlarges %i × %i by %d as %d', (width, height, scale, sent, words) => {
  const model = 'fal-ai/topaz/upscale/image'
  const asked = { ...upscale, model, image: { ...IMAGE, width, height }, scale }
  const { request, adjusted } = fit(asked, findModel(asked, RATES))
  const { inputs } = mapRequest(request, model, ONE)
  expect(inputs).toEqual([{ image_url, upscale_factor: sent, output_format: 'png' }])
  expect(adjusted.join('|')).toMatch(words)
})

test('an unlisted model gets the usual fields of the tool, and the caller is told', () => {
  const sent = [
    mapRequest({ ...generate, seed: 1, outputFormat: 'png' }, 'acme/new', ONE),
    mapRequest(edit, 'acme/new', MANY),
    mapRequest({ ...upscale, scale: 3 }, 'acme/new', ONE),
  ]
  const size = { image_size: 'landscape_16_9', num_images: 1 }
  const links = { image_url, image_urls: MANY.images, mask_url: MANY.mask }
  expect(sent.flatMap(({ inputs }) => inputs)).toEqual([
    { prompt: 'fox', ...size, seed: 1, output_format: 'png' },
    { prompt: 'fox', ...links, num_images: 1 },
    { image_url, upscale_factor: 3 },
  ])
  for (const { adjusted } of sent) expect(adjusted.join()).toContain('may ignore some')
})
