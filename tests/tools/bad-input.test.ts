import { expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { inkwell, plainPicture, temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { connectV2, startRaw, type TestClient, type ToolResult } from '../support/clients.ts'
import { OUT_OF_BOUNDS } from './out-of-bounds.ts'
import { errorOf, stateOf, UNTOUCHED } from './support.ts'

const prompt = 'a calm sea'
const long = (length: number) => 'x'.repeat(length)

let home: Home
let client: TestClient
let picture: string

beforeTests(async (keep) => {
  home = keep(temporaryHome())
  client = keep(await connectV2(home))
  picture = await plainPicture(home)
})

const cases = OUT_OF_BOUNDS.map(([tool, args, says]) => {
  const shown = JSON.stringify(args).replaceAll(/x{20,}/g, (text) => `${text.length} x`)
  return [tool, shown, args, says] as const
})

test.each(cases)(
  '%s refuses %s, naming the argument and its bound',
  async (tool, _, args, says) => {
    const { code, message } = errorOf(await client.call(tool, args))
    expect(code).toBe('invalid_input')
    expect(message).toMatch(says)
  },
)

test('a refusal consists of sentences: what happened, then the next step', async () => {
  for (const args of [{}, { prompt, numImages: 9 }, { prompt, model: 'x..y' }, { prompt, a: 1 }]) {
    const { message, hint } = errorOf(await client.call('generateImage', args))
    expect(message).toMatch(/[.!?]$/)
    expect(hint).toMatch(/[.!?]$/)
  }
})

test.each([
  '..',
  'fal-ai',
  'fal-ai/../secret',
  'fal-ai/flux..schnell',
  '/fal-ai/flux',
  'fal-ai/flux/',
  'fal-ai//flux',
  'Fal-Ai/Flux',
  'https://evil.example/model',
  'fal-ai/flux?key=1',
  'fal-ai/flux#x',
  'fal-ai/flux\nhost: evil',
  'fal-ai/flüx',
  'fal-ai/%2e%2e/x',
])('the model id %j is refused by every tool', async (model) => {
  for (const [tool, args] of [
    ['generateImage', { prompt }],
    ['upscale', { image: picture }],
    ['run', { input: {} }],
  ] as const) {
    const { code, message, hint } = errorOf(await client.call(tool, { ...args, model }))
    expect(code).toBe('invalid_input')
    expect(message).toMatch(/model/)
    expect(hint).toMatch(/such as (fal-ai|minimax|local)\//)
    expect(/leave model out/i.test(hint), 'run has no default').toBe(tool !== 'run')
  }
})

test.each([
  ['generateImage', 'fal-ai/birefnet', 'removeBackground'],
  ['generateImage', 'fal-ai/veo3.1', 'run'],
  ['editImage', 'fal-ai/flux/schnell', 'generateImage'],
  ['removeBackground', 'fal-ai/topaz/upscale/image', 'upscale'],
  ['upscale', 'fal-ai/birefnet', 'removeBackground'],
  ['run', 'fal-ai/flux-2-flex', 'generateImage'],
])('%s refuses %s, which is for %s, and says so', async (tool, model, right) => {
  const args = tool === 'run' ? { input: {} } : { prompt, image: picture }
  const { prompt: _, ...withoutPrompt } = args as Record<string, unknown>
  const { image: __, ...withoutImage } = args as Record<string, unknown>
  const fitting = { generateImage: withoutImage, editImage: args, run: args }[tool] ?? withoutPrompt
  const { code, message, hint } = errorOf(await client.call(tool, { ...fitting, model }))
  expect(code).toBe('wrong_operation')
  expect(message).toContain(right)
  expect(hint).toContain(`Call ${right} with it`)
  expect(/leave model out/i.test(hint), 'run has no default').toBe(tool !== 'run')
})

test('arguments of 20 MB are refused and the server goes on', async () => {
  const huge = long(20_000_000)
  for (const [tool, args] of [
    ['generateImage', { prompt: huge }],
    ['upscale', { image: huge }],
    ['checkUsage', { [huge]: 1 }],
  ] as const) {
    const words = 'invalid_input: The request has more than 256 KiB of JSON beside its data URIs.'
    await expect(client.call(tool, args)).rejects.toThrow(words)
  }
  expect((await client.call('checkUsage')).isError).not.toBe(true)
})

test('a message nested deeper than 64 levels is refused, however deep, and the server goes on', async () => {
  using elsewhere = temporaryHome()
  await using server = startRaw(elsewhere)
  await server.initialize()
  for (const [depth, code] of [
    [60, undefined], // inside of the message, its params, the arguments and their input
    [61, -32_602],
    [50_000, -32_602],
  ] as const) {
    const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`
    server.process.stdin?.write(
      `{"jsonrpc":"2.0","id":${depth},"method":"tools/call","params":{"name":"run","arguments":{"quoteOnly":true,"model":"acme/new","input":{"x":${deep}}}}}\n`,
    )
    const balance = await server.request('tools/call', { name: 'checkUsage', arguments: {} })
    expect(balance.result).toMatchObject({ structuredContent: { balance: { held: money(0) } } })
    const answers = server.lines.map((line) => JSON.parse(line) as Answer)
    const { error } = answers.find(({ id }) => id === depth) ?? {}
    expect({ depth, code: error?.code }).toEqual({ depth, code })
  }
})

test('a list nested deeper than the stack is refused where the schema has none, as a text too', async () => {
  using elsewhere = temporaryHome()
  await using server = startRaw(elsewhere)
  await server.initialize()
  const deep = '['.repeat(50_000) + ']'.repeat(50_000)
  const calls = [
    `{"name":"findImages","arguments":{"limit":${deep}}}`,
    `{"name":"editImage","arguments":{"prompt":"x","image":"x","images":${JSON.stringify(deep)}}}`,
  ]
  for (const [place, params] of calls.entries())
    server.process.stdin?.write(
      `{"jsonrpc":"2.0","id":${900 + place},"method":"tools/call","params":${params}}\n`,
    )
  await server.request('tools/call', { name: 'checkUsage', arguments: {} })
  const answers = server.lines.map((line) => JSON.parse(line) as Answer)
  for (const place of calls.keys()) {
    const { result, error } = answers.find(({ id }) => id === 900 + place) ?? {}
    expect(result?.structuredContent?.error?.code ?? error?.message).toContain('invalid_input')
  }
})

type Answer = {
  id?: number
  result?: { structuredContent?: { error?: { code: string } } }
  error?: { code: number; message: string }
}

test.each([
  ['getGeneration', { id: 'gen_0123456789' }],
  ['getGeneration', { id: "gen_' or 1=1 --" }],
  ['viewImage', { id: 'asset_0123456789' }],
  ['viewImage', { id: '../../etc/passwd' }],
  ['viewImage', { id: 'gen_0123456789' }],
])('%s of an id that nobody has, %j, is not found', async (tool, args) => {
  expect(errorOf(await client.call(tool, args)).code).toBe('not_found')
})

test('a call whose price is above its maxCostUsd is refused, by a micro-dollar too', async () => {
  for (const maxCostUsd of [0, 0.003, 0.049999, 0.0499999999]) {
    const error = errorOf(await client.call('generateImage', { prompt, maxCostUsd }))
    expect(error).toMatchObject({ code: 'max_cost_exceeded', required: money(50_000) })
  }
})

test('where unlisted models are refused, one has no price', async () => {
  await using strict = await connectV2(home, { INKWELL_UNKNOWN_MODELS: 'refuse' })
  for (const [tool, args] of [
    ['generateImage', { prompt }],
    ['run', { input: {} }],
  ] as const) {
    const { code, hint } = errorOf(await strict.call(tool, { ...args, model: 'acme/unheard-of' }))
    expect(code).toBe('price_unknown')
    expect(hint).toMatch(/pricing/)
  }
})

test('a purchase without a payment service says so and starts nothing', async () => {
  const answer = await client.call('buyCredits', { checkoutId: 'cs_test_unheard_of' })
  expect(answer.isError).toBe(true)
})

test('the command line refuses the same, with exit code 1', async () => {
  const ran = await inkwell(home, ['call', 'generateImage', '{"prompt":""}', '--json'])
  expect(ran.code).toBe(1)
  expect(errorOf(JSON.parse(ran.stdout) as ToolResult).code).toBe('invalid_input')
})

test('whatever was tried, no money moved, none is held and nothing was written', async () => {
  expect(await stateOf(home)).toEqual(UNTOUCHED)
})
