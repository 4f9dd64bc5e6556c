import { expect, test } from 'vitest'
import { CATALOG } from '../../src/pricing/catalog.ts'
import { quote } from '../../src/pricing/quote.ts'
import { ENDPOINTS } from '../../src/providers/fal/endpoints.ts'
import { mapRequest } from '../../src/providers/fal/map.ts'
import { readOutput } from '../../src/providers/fal/read-output.ts'
import { IMAGE_SIZES } from '../../src/tools/image-size.ts'
import * as support from '../support/fal-inputs.ts'

const { ANSWERS, BAD_LINKS, FAL_INPUTS, fullOf, IMAGE, inputProblems, leastOf, SERVED } = support
const MAPPED = /^(num_images|seed|negative_prompt|mask_url|upscale_factor|duration|image_size)$/
const RATES = {
  models: new Map(CATALOG.map((one) => [one.id, one])),
  unknownModels: 'refuse',
} as const
const HOST = 'https://v3b.fal.media'
const ONE = { images: [`${HOST}/a.png`] }
const MANY = { images: [`${HOST}/a.png`, `${HOST}/b.png`, `${HOST}/c.png`], mask: `${HOST}/m.png` }
const UNNAMED = { width: 1000, height: 600 }
const [image_url] = ONE.images
const [FLEX, RECRAFT] = ['fal-ai/flux-2-flex', 'fal-ai/recraft/v4/text-to-image']
const [VEO, SPEECH] = ['fal-ai/veo3.1', 'fal-ai/minimax/speech-02-hd']
const KLING3 = 'fal-ai/kling-video/v3/pro/text-to-video'
const common = { model: 'm', count: 1, prompt: 'fox' }
const generate = { ...common, operation: 'generateImage', width: 1024, height: 576 } as const
const edit = { ...common, operation: 'editImage', images: [IMAGE] as (typeof IMAGE)[] } as const
const upscale = { ...common, operation: 'upscale', image: IMAGE, scale: 2 } as const

function run(endpoint: string, input: Record<string, unknown>, count = 1) {
  return mapRequest({ ...common, count, operation: 'run', input }, endpoint, { images: [] })
}

/** A refusal for bad input that says this. */
const refused = (words: string): unknown =>
  expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(words) })

test('every endpoint of a priced model has a row and published facts, and no other has', () => {
  const endpoints = [...new Set(SERVED.map(({ endpoint }) => endpoint))].toSorted()
  expect(SERVED).toHaveLength(22)
  expect([...ENDPOINTS.keys()].toSorted()).toEqual(endpoints)
  expect([...FAL_INPUTS.keys()].toSorted()).toEqual(endpoints)
})

test.each([...ENDPOINTS])('%s: the row has the published fields', (endpoint, facts) => {
  const { count, seed, negative, mask, size, format, scale, duration } = facts
  const published = [...(FAL_INPUTS.get(endpoint)?.keys() ?? [])]
  const factor = scale && 'field' in scale && scale.field
  const named = [count, seed, negative, mask, factor, duration && 'duration']
  if (size?.kind === 'pixels') named.push('image_size')
  const fields = published.filter((name) => MAPPED.test(name))
  expect(named.filter((name) => typeof name === 'string').toSorted()).toEqual(fields.toSorted())
  expect(published).toEqual(expect.arrayContaining([...(facts.required ?? [])]))
  const values: Record<string, unknown>[] =
    format?.offered.map((one) => ({ [format.field]: one })) ?? []
  if (size?.kind === 'ratio') values.push(...size.offered.map((one) => ({ aspect_ratio: one })))
  const problems = [...values, { ...facts.forced }].flatMap((one) => inputProblems(endpoint, one))
  expect(problems.filter((one) => !one.endsWith('missing'))).toEqual([])
})

test.each(SERVED)('$id: the least and the fullest request map to valid inputs', (model) => {
  for (const request of [leastOf(model), fullOf(model)]) {
    const before = structuredClone(request)
    const { inputs, adjusted, dropped } = mapRequest(request, model.endpoint, MANY)
    expect(inputs.flatMap((input) => inputProblems(model.endpoint, input))).toEqual([])
    const isPerJob = ENDPOINTS.get(model.endpoint)?.count === undefined
    expect(inputs).toHaveLength(isPerJob ? request.count : 1)
    for (const note of [...adjusted, ...dropped]) expect(note).toMatch(/^\w[^\n]{10,140}\.$/)
    expect(request).toEqual(before)
  }
})

test.each<[string | object, { width: number; height: number }]>([
  ...Object.entries(IMAGE_SIZES),
  [UNNAMED, UNNAMED],
])('the size %j goes by its name, and one without a name as both sides', (image_size, size) => {
  const inputs = [{ prompt: 'fox', image_size, num_images: 1 }]
  const mapped = mapRequest({ ...generate, ...size }, 'fal-ai/flux/schnell', ONE)
  expect(mapped).toEqual({ inputs, adjusted: [], dropped: [] })
})

test.each([
  [1024, 576, '16:9'],
  [1024, 1024, '1:1'],
  [4096, 64, '8:1'],
  [64, 4096, '1:8'],
  [2048, 900, '21:9'],
  [768, 1000, '3:4'],
])('%i × %i goes to a model of ratios as %s, at the tier its price covers', (width, height, to) => {
  const mapped = mapRequest({ ...generate, width, height }, 'fal-ai/nano-banana-2', ONE)
  const sent = { prompt: 'fox', aspect_ratio: to, num_images: 1, resolution: '1K' }
  const note = `The size of ${width} × ${height} pixels was sent as ${to} at 1K, the size its list price covers: this model takes ratios, not pixels.`
  expect(mapped).toEqual({ inputs: [sent], adjusted: [note], dropped: [] })
})

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
  [4000, 3000, 2, 1.41, /^scale 2 was lowered to 1\.41: [^|]* 24 megapixels\.$/],
  [8000, 6000, 2, 1, /^scale 2 was lowered to 1: [^|]*$/],
])('topaz enlarges %i × %i by %d as %d', (width, height, scale, sent, words) => {
  const request = { ...upscale, image: { ...IMAGE, width, height }, scale }
  const { inputs, adjusted } = mapRequest(request, 'fal-ai/topaz/upscale/image', ONE)
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
  const input = { prompt: 'fox', duration: 'long', num_images: 2, nested: [{ a: null }] }
  expect(run('acme/new', input, 2)).toEqual({ inputs: [input], adjusted: [], dropped: [] })
})

test('keys that change where the answer goes are never sent, at any depth that is read', () => {
  const keys = ['sync_mode', 'fal_webhook', 'webhook', 'webhook_url', 'WebhookSecret']
  const forbidden = Object.fromEntries(keys.map((key) => [key, 'file:///x']))
  const { inputs, dropped } = run('acme/new', { ...forbidden, inner: { sync_mode: true, keep: 1 } })
  expect(inputs).toEqual([{ inner: { keep: 1 } }])
  const named = [...keys, 'inner.sync_mode'].map((key) => `input.${key}`)
  expect(dropped.map((note) => note.split(' ')[0])).toEqual(named)
  const deep = JSON.parse(`${'{"a":['.repeat(999)}1${']}'.repeat(999)}`) as { a: unknown }
  expect(() => run('acme/new', deep)).toThrow(refused('nested more than'))
})

test.each([
  ['fal-ai/minimax/hailuo-02/standard/text-to-video', '6', '10', 5, '6 or 10 seconds, not 5'],
  ['fal-ai/kling-video/v2.5-turbo/pro/text-to-video', '5', '10', '8s', '5 or 10 seconds, not 8'],
  [KLING3, '5', '10', 16, '14 or 15 seconds, not 16'],
  [VEO, '4s', '8s', 5, '4, 6 or 8 seconds, not 5'],
  ['fal-ai/sora-2/text-to-video/pro', 4, 8, '5', '4, 8, 12, 16 or 20 seconds, not 5'],
])('%s: length unasked, asked and not offered', (endpoint, unasked, asked, bad, words) => {
  const left = run(endpoint, { prompt: 'fox' })
  expect(left.inputs).toEqual([{ prompt: 'fox', duration: unasked }])
  expect(left.adjusted.join()).toMatch(/^input\.duration was left out and sent as \d seconds/)
  const [least, seconds] = [unasked, asked].map((one) => Number.parseInt(`${one}`, 10))
  for (const duration of [seconds, `${seconds}`, `${seconds}s`]) {
    const inputs = [{ prompt: 'fox', duration: asked }]
    expect(run(endpoint, { prompt: 'fox', duration })).toMatchObject({ inputs, adjusted: [] })
  }
  expect(() => run(endpoint, { prompt: 'fox', duration: bad })).toThrow(refused(words))
  for (const duration of [null, 0, 5.5, -5, '', 'long', [5], { seconds: 5 }])
    expect(() => run(endpoint, { prompt: 'fox', duration })).toThrow(refused('makes'))
  const model = CATALOG.find((one) => one.endpoint === endpoint)
  const request = { operation: 'run', model: model?.id ?? '', count: 1 } as const
  expect(quote({ ...request, input: { duration: least } }, RATES).price).toBe(model?.price)
})

test.each([
  [[undefined, 5], {}, 'last 10 seconds and input.duration covers 5'],
  [['15'], { duration: 5 }, 'last 15 seconds'],
  [['long', 3], { duration: 5 }, 'last 3 seconds'],
])('shots of %j seconds may not outlast what is paid, %j', (lengths, paid, words) => {
  const multi_prompt = lengths.map((duration) => ({ prompt: 'a', duration }))
  expect(() => run(KLING3, { multi_prompt, ...paid })).toThrow(refused(words))
})

test('two films are two jobs, and speech is asked for as a file', () => {
  const films = run(VEO, { prompt: 'fox', num_images: 2, seed: 5, duration: 4 }, 2)
  expect(films.inputs).toEqual([5, 6].map((seed) => ({ prompt: 'fox', seed, duration: '4s' })))
  expect(films.adjusted.join()).toContain('2 jobs: this model makes one output a job.')
  const speech = run(SPEECH, { text: 'x'.repeat(5000), output_format: 'hex' })
  expect(speech.inputs).toMatchObject([{ output_format: 'url' }])
  expect(speech.adjusted).toEqual(['input.output_format was sent as "url".'])
})

test('an input that lacks a field or has too long a text is refused', () => {
  expect(() => run(SPEECH, { text: 'x'.repeat(5001) })).toThrow(refused('has 5001 characters'))
  expect(() => run(SPEECH, { text: 7 })).toThrow(refused('is not a text'))
  expect(() => run('fal-ai/lora', { prompt: '' })).toThrow(
    refused('needs input.model_name and input.prompt'),
  )
})

test('links of the caller pass where fal may fetch them, names are left alone', () => {
  const input = {
    image_url: null,
    audio_url: 'data:audio/wav;base64,AAAA',
    image_urls: ['https://e.com/a.png', 'data:image/png;base64,AAAA'],
    prompt: 'http://e.com',
    loras: [{ path: 'acme/style' }, { path: 'https://e.com/a.safetensors' }],
    easycontrols: [{ control_method_url: 'canny', image_url: 'https://e.com/a.png' }],
  }
  expect(run('acme/new', input).inputs).toEqual([input])
})

test.each([...BAD_LINKS, ['image_url', '']])(
  'a link in %s that fal may not fetch is refused (%#)',
  (key = '', value = '') => {
    const nested = { image_urls: ['https://e.com/a.png'], controlnets: [{ [key]: [value] }] }
    expect(() => run('acme/new', { [key]: value })).toThrow(refused(`input.${key} must be`))
    expect(() => run('acme/new', nested)).toThrow(refused(`input.controlnets.0.${key}.0 must`))
  },
)

test.each(ANSWERS)('the answer %s is read as %s', (answer = '', files = '') => {
  const read = readOutput(JSON.parse(answer))
  const facts = read.map((one) => [one.url, one.width, one.height, one.contentType, one.flagged])
  expect(facts).toEqual(JSON.parse(files))
})
