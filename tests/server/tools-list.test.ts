import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { expect, test } from 'vitest'
import { temporaryHome, type Home } from '../support/app.ts'
import { beforeTests } from '../support/before-tests.ts'
import { connectV2, type ListedTool, type TestClient } from '../support/clients.ts'

/** What a model reads of the tools, in tokens: every conversation pays for it. */
const READ_TOKENS_MAX = 3_000
/** The whole answer, with the schemas of results. */
const LIST_TOKENS_MAX = 5_000

/** Words of JSON Schema that some client drops, refuses or takes for something else. */
const TROUBLE = [
  '$schema',
  '$ref',
  '$defs',
  'anyOf',
  'oneOf',
  'allOf',
  'propertyNames',
  'multipleOf',
  'exclusiveMinimum',
  'exclusiveMaximum',
]

const PAID = ['generateImage', 'editImage', 'removeBackground', 'upscale', 'run']

type Schema = {
  type?: string | string[]
  properties?: Record<string, Schema>
  additionalProperties?: boolean | Schema
  items?: Schema
  enum?: unknown[]
  const?: unknown
  required?: string[]
  [word: string]: unknown
}

let home: Home
let client: TestClient
let tools: ListedTool[]

beforeTests(async (keep) => {
  home = keep(temporaryHome())
  client = keep(await connectV2(home))
  tools = await client.tools()
})

const tool = (name: string): ListedTool => tools.find((one) => one.name === name) as ListedTool
const argument = (name: string, path: string): Schema => {
  const root = tool(name).inputSchema as Schema
  return path
    .split('.')
    .reduce<Schema>(
      (schema, key) => (key === '[]' ? schema.items : schema.properties?.[key]) ?? {},
      root,
    )
}

test('there are ten tools, in this order', () => {
  expect(tools.map(({ name }) => name)).toEqual([
    'generateImage',
    'editImage',
    'removeBackground',
    'upscale',
    'run',
    'getGeneration',
    'viewImage',
    'findImages',
    'checkUsage',
    'buyCredits',
  ])
})

test('each has a title, and a description that says what it costs', () => {
  for (const { title, description = '', name } of tools) {
    expect(title).toMatch(/^[A-Z][a-z ]+$/)
    expect(description.length).toBeGreaterThan(40)
    expect(description.length).toBeLessThan(400)
    expect(description).toMatch(name === 'buyCredits' ? /never pays/ : /Costs credits|Free/)
  }
})

const pays = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: false,
  openWorldHint: true,
}
const reads = { readOnlyHint: true, destructiveHint: false, idempotentHint: true }

test.each([
  ...PAID.map((name) => ({ name, hints: pays })),
  // Looking up a generation may ask the image service how it stands.
  { name: 'getGeneration', hints: { ...reads, openWorldHint: true } },
  { name: 'viewImage', hints: { ...reads, openWorldHint: false } },
  { name: 'findImages', hints: { ...reads, openWorldHint: false } },
  { name: 'checkUsage', hints: { ...reads, openWorldHint: false } },
  { name: 'buyCredits', hints: pays },
])('$name states all four hints', ({ name, hints }) => {
  expect(tool(name).annotations).toMatchObject(hints)
})

test.each([
  ['generateImage', 'prompt', { minLength: 1, maxLength: 10_000 }],
  ['generateImage', 'numImages', { minimum: 1, maximum: 4, default: 1 }],
  ['generateImage', 'outputFormat', { enum: ['png', 'jpeg', 'webp'] }],
  ['generateImage', 'imageSize', { type: 'string', default: 'landscape_16_9' }],
  ['generateImage', 'idempotencyKey', { minLength: 1, maxLength: 128 }],
  ['generateImage', 'quoteOnly', { type: 'boolean' }],
  ['generateImage', 'preview', { type: 'boolean', default: true }],
  ['generateImage', 'maxCostUsd', { type: 'number', minimum: 0 }],
  ['editImage', 'images', { minItems: 1, maxItems: 10 }],
  ['upscale', 'scale', { minimum: 1, maximum: 8, default: 2 }],
  ['viewImage', 'maxSize', { minimum: 64, maximum: 1024, default: 512 }],
  ['findImages', 'query', { minLength: 1, maxLength: 200 }],
  ['findImages', 'days', { minimum: 1, maximum: 366, default: 90 }],
  ['findImages', 'limit', { minimum: 1, maximum: 50, default: 10 }],
  ['checkUsage', 'days', { minimum: 1, maximum: 366 }],
  ['checkUsage', 'limit', { minimum: 0, maximum: 100, default: 5 }],
  ['buyCredits', 'amountUsd', { minimum: 5, maximum: 10_000 }],
])('%s shows the bounds of %s', (name, path, bounds) => {
  expect(argument(name, path)).toMatchObject(bounds)
})

// Codex passes a description on and drops every other word of a schema.
test.each([
  ['generateImage', 'numImages', /1–4, default 1/],
  ['generateImage', 'imageSize', /square_hd.*landscape_16_9.*3:2.*1024x768.*64–4096.*Default/],
  ['generateImage', 'preview', /default true/],
  ['editImage', 'images', /1–10/],
  ['editImage', 'image', /10 MiB/],
  ['upscale', 'scale', /1–8, default 2/],
  ['viewImage', 'maxSize', /64–1024.*default 512/],
  ['checkUsage', 'days', /1–366, default 7/],
  ['checkUsage', 'limit', /0–100, default 5/],
  ['buyCredits', 'amountUsd', /5–10,000/],
])('%s says the bounds of %s in words too', (name, path, words) => {
  expect(argument(name, path).description).toMatch(words)
})

test('no schema has a keyword that some clients do not support', () => {
  const found = tools.flatMap(({ name, inputSchema, outputSchema = {} }) =>
    [...wordsOf(inputSchema), ...wordsOf(outputSchema)]
      .filter((word) => TROUBLE.includes(word))
      .map((word) => `${name}: ${word}`),
  )
  expect(found).toEqual([])
})

test('what a model of run takes is any object', () => {
  expect(argument('run', 'input')).toEqual({ type: 'object', description: expect.any(String) })
})

test.each([
  ['generateImage', ['prompt']],
  ['editImage', ['prompt']],
  ['removeBackground', ['image']],
  ['upscale', ['image']],
  ['run', ['model', 'input']],
  ['getGeneration', ['id']],
  ['viewImage', ['id']],
  ['findImages', []],
  ['checkUsage', []],
  ['buyCredits', []],
])('%s requires exactly %j', (name, required) => {
  expect((tool(name).inputSchema as Schema).required ?? []).toEqual(required)
})

test.each(PAID)('%s takes the arguments of every paid tool', (name) => {
  expect(Object.keys((tool(name).inputSchema as Schema).properties ?? {})).toEqual(
    expect.arrayContaining([
      'model',
      'maxCostUsd',
      'quoteOnly',
      'idempotencyKey',
      'saveAs',
      'preview',
    ]),
  )
})

test('every text, number and list that a tool takes is bounded, and no object is open', () => {
  const open = tools.flatMap(({ name, inputSchema }) => {
    const root = inputSchema as Schema
    // What another model takes is not ours to bound.
    const { input: _, ...properties } = root.properties ?? {}
    return unbounded(
      { ...root, properties: name === 'run' ? properties : (root.properties ?? {}) },
      name,
    )
  })
  expect(open).toEqual([])
})

test('every tool but viewImage promises the shape of its result', () => {
  const without = tools.filter(({ outputSchema }) => outputSchema === undefined)
  expect(without.map(({ name }) => name)).toEqual(['viewImage'])
})

test('what a model reads of the tools stays within its budget of tokens', async () => {
  const read = tools.map(({ name, description, inputSchema }) => ({
    name,
    description,
    inputSchema,
  }))
  expect(countTokens(JSON.stringify(read))).toBeLessThanOrEqual(READ_TOKENS_MAX)
  expect(countTokens(JSON.stringify({ tools }))).toBeLessThanOrEqual(LIST_TOKENS_MAX)
  await expect(`${JSON.stringify(read, null, 2)}\n`).toMatchFileSnapshot(
    '__snapshots__/tools-list.json',
  )
})

/** Every word that a schema uses, but for the names of properties. */
function wordsOf(schema: object): string[] {
  return Object.entries(schema).flatMap(([word, value]) => {
    if (word === 'properties')
      return [word, ...Object.values(value as object).flatMap((part) => wordsOf(part as object))]
    return typeof value === 'object' && value !== null ? [word, ...wordsOf(value as object)] : word
  })
}

/** Names the places of a schema where anything goes. */
function unbounded(schema: Schema, path: string): string[] {
  const found: string[] = []
  const has = (...words: string[]) => words.every((word) => schema[word] !== undefined)
  const isClosed = schema.enum !== undefined || schema.const !== undefined
  if (schema.type === 'string' && !isClosed && !has('maxLength')) found.push(path)
  if (['integer', 'number'].includes(String(schema.type)) && !has('minimum', 'maximum'))
    found.push(path)
  if (schema.type === 'array' && !has('maxItems')) found.push(path)
  if (schema.type === 'object' && schema.additionalProperties !== false) found.push(path)
  for (const [key, part] of Object.entries(schema.properties ?? {}))
    found.push(...unbounded(part, `${path}.${key}`))
  if (schema.items !== undefined) found.push(...unbounded(schema.items, `${path}[]`))
  return found
}
