import { expect, test } from 'vitest'
import { assertWhole, fit } from '../../src/generations/fit.ts'
import { CATALOG } from '../../src/pricing/catalog.ts'
import { findModel } from '../../src/pricing/find-model.ts'
import { mapRequest } from '../../src/providers/fal/map.ts'
import { BAD_LINKS } from '../services/fal/published-inputs.ts'

const RATES = {
  models: new Map(CATALOG.map((one) => [one.id, one])),
  unknownModels: 'default',
} as const
const [VEO, SPEECH] = ['fal-ai/veo3.1', 'fal-ai/minimax/speech-02-hd']
const KLING3 = 'fal-ai/kling-video/v3/pro/text-to-video'

/** A `run` on its way to fal: kept within its price, then mapped. Remarks of both steps. */
function run(model: string, input: Record<string, unknown>, count = 1) {
  const asked = { operation: 'run', model, count, input } as const
  const found = findModel(asked, RATES)
  const { request, adjusted, dropped } = fit(asked, found)
  assertWhole(request, found)
  const mapped = mapRequest(request, found.model.endpoint ?? '', { images: [] })
  return {
    inputs: mapped.inputs,
    adjusted: [...adjusted, ...mapped.adjusted],
    dropped: [...dropped, ...mapped.dropped],
  }
}

/** A refusal for bad input that says this. */
const refused = (words: string): unknown =>
  expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(words) })

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
  const seconds = Number.parseInt(`${asked}`, 10)
  for (const duration of [seconds, `${seconds}`, `${seconds}s`]) {
    const inputs = [{ prompt: 'fox', duration: asked }]
    expect(run(endpoint, { prompt: 'fox', duration })).toMatchObject({ inputs, adjusted: [] })
  }
  expect(() => run(endpoint, { prompt: 'fox', duration: bad })).toThrow(refused(words))
  for (const duration of [0, 5.5, -5, '', 'long', [5], { seconds: 5 }])
    expect(() => run(endpoint, { prompt: 'fox', duration })).toThrow(refused('makes'))
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
  expect(() => run(SPEECH, { text: 'x'.repeat(5001) })).toThrow(refused('it has 5001'))
  expect(() => run(SPEECH, { text: 7 })).toThrow(refused('must be a text'))
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

test('the input of an unlisted model goes as it is', () => {
  const input = { prompt: 'fox', duration: 'long', num_images: 2, nested: [{ a: null }] }
  expect(run('acme/new', input, 2)).toEqual({ inputs: [input], adjusted: [], dropped: [] })
})
