import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { specTypeSchemas } from '@modelcontextprotocol/server'
import { build } from 'esbuild'
import { beforeAll, expect, test } from 'vitest'
import * as zod from 'zod'
import { lateZod } from '../scripts/build-zod.ts'
import { temporaryFolder } from './support/databases.ts'

type Zod = typeof zod
type Bundle = { z: Zod; specTypeSchemas: Record<string, zod.ZodType> }

let bundle: Bundle

/** zod and the SDK as they are packaged. */
beforeAll(async () => {
  using folder = temporaryFolder()
  const outfile = join(folder.path, 'bundle.mjs')
  await build({
    stdin: {
      contents: `export { specTypeSchemas } from '@modelcontextprotocol/server'; export * as z from 'zod'`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    format: 'esm',
    platform: 'node',
    outfile,
    plugins: [lateZod],
  })
  bundle = (await import(pathToFileURL(outfile).href)) as Bundle
})

const META = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28', progressToken: 7 }
const CLIENT = {
  protocolVersion: '2025-11-25',
  capabilities: { roots: { listChanged: true }, elicitation: {} },
  clientInfo: { name: 'a client', version: '1' },
}
const RESULT = {
  content: [
    { type: 'text', text: 'yes' },
    { type: 'image', data: 'AAAA', mimeType: 'image/png', annotations: { priority: 1 } },
    { type: 'resource_link', uri: 'a://b', name: 'c' },
  ],
  structuredContent: { a: [1] },
}
const TOOL = { name: 'draw', inputSchema: { type: 'object', properties: {} }, annotations: {} }

/** What clients and servers send, whole and damaged. */
const SAMPLES: readonly unknown[] = [
  undefined,
  null,
  1.5,
  'text',
  [],
  { _meta: META },
  { jsonrpc: '2.0', id: 1, method: 'initialize', params: CLIENT },
  { jsonrpc: '2.0', id: 1.5, method: 'initialize', params: { ...CLIENT, capabilities: null } },
  { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 'a', progress: 1 } },
  { jsonrpc: '2.0', id: 'a', method: 'tools/call', params: { name: 'draw', arguments: {} } },
  { method: 'tools/call', params: { name: 'draw', arguments: [], _meta: META }, more: 1 },
  { method: 'tools/list', params: { cursor: 'next', _meta: { progressToken: 1.5 } } },
  { method: 'resources/read', params: { uri: 'a://b' } },
  { method: 'prompts/get', params: { name: 'draw', arguments: { of: 1 } } },
  { method: 'logging/setLevel', params: { level: 'loud' } },
  { jsonrpc: '2.0', id: 1, result: RESULT },
  { jsonrpc: '2.0', id: 1, error: { code: -32600, message: 'no', data: [] }, more: 1 },
  { content: [{ type: 'image', data: 'not base64!', mimeType: 1 }], isError: 'yes' },
  { tools: [TOOL, { ...TOOL, inputSchema: { type: 'string' } }], nextCursor: 1 },
  { action: 'accept', content: { size: 3, of: ['a'], when: null } },
  { mode: 'url', message: 'pay', elicitationId: '1', url: 'not an address' },
  { uri: 'a://b', name: 'c', size: '3', icons: [{ src: 'x', sizes: ['any'] }] },
  { issuer: 'https://a.example', authorization_endpoint: 'javascript:alert(1)' },
  CLIENT,
  RESULT,
  TOOL,
]

const answer = (schema: zod.ZodType, value: unknown): unknown => {
  const { success, data, error } = schema.safeParse(value)
  return { success, data, issues: error?.issues }
}

/** What is made of each schema of the SDK, by its name. */
const ofEach = (
  schemas: Record<string, zod.ZodType>,
  make: (schema: zod.ZodType) => unknown,
): Record<string, unknown> =>
  Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, make(schema)]))

const PLAIN = specTypeSchemas as unknown as Bundle['specTypeSchemas']

test('every schema of the SDK takes and refuses what it does unbundled, at its first use and later', () => {
  const answers = (schema: zod.ZodType) => SAMPLES.map((value) => answer(schema, value))
  const expected = ofEach(PLAIN, answers)
  expect(Object.keys(expected).length).toBeGreaterThan(100)
  for (let use = 0; use < 4; use += 1)
    expect(ofEach(bundle.specTypeSchemas, answers)).toEqual(expected)
})

test('every schema of the SDK describes itself as it does unbundled', () => {
  for (const io of ['input', 'output'] as const) {
    const own = ofEach(bundle.specTypeSchemas, (schema) =>
      bundle.z.toJSONSchema(schema, { io, unrepresentable: 'any' }),
    )
    expect(own).toEqual(
      ofEach(PLAIN, (schema) => zod.toJSONSchema(schema, { io, unrepresentable: 'any' })),
    )
  }
})

/** A schema of each kind. */
const KINDS: Readonly<Record<string, (z: Zod) => zod.ZodType>> = {
  string: (z) => z.string(),
  email: (z) => z.email(),
  datetime: (z) => z.iso.datetime(),
  number: (z) => z.number(),
  int: (z) => z.int(),
  boolean: (z) => z.boolean(),
  date: (z) => z.date(),
  array: (z) => z.array(z.string()),
  object: (z) =>
    z.object({
      a: z.string(),
      get b() {
        return z.number()
      },
    }),
  strict: (z) => z.strictObject({ a: z.string() }),
  union: (z) => z.union([z.string(), z.number()]),
  variants: (z) => z.discriminatedUnion('a', [z.object({ a: z.literal('b') })]),
  both: (z) => z.intersection(z.object({}), z.object({})),
  record: (z) => z.record(z.string(), z.number()),
  tuple: (z) => z.tuple([z.string()]),
  map: (z) => z.map(z.string(), z.number()),
  set: (z) => z.set(z.string()),
  enum: (z) => z.enum(['a', 'b']),
  literal: (z) => z.literal(['a', 1]),
  optional: (z) => z.optional(z.string()),
  nullable: (z) => z.nullable(z.string()),
  default: (z) => z.string().default('a'),
  catch: (z) => z.string().catch('a'),
  pipe: (z) => z.string().transform((text) => text.length),
  readonly: (z) => z.array(z.string()).readonly(),
  lazy: (z) => z.lazy(() => z.string()),
  preprocess: (z) => z.preprocess((value) => value ?? 'a', z.string()),
  refined: (z) =>
    z
      .string()
      .min(2)
      .refine((text) => text !== 'no'),
}

test.each(Object.entries(KINDS))('a schema of the kind %s has what it has unbundled', (_, make) => {
  const plain = make(zod)
  make(bundle.z) // the first of its kind is prepared at once
  const seen = (value: unknown): unknown =>
    typeof value === 'function'
      ? 'function'
      : JSON.stringify(value, (_name, part: unknown) => {
          void (part instanceof zod.ZodType) // prepares it
          return part
        })
  for (const key of [...Object.keys(plain), '_def', 'optional', 'description', 'parse']) {
    const schema = make(bundle.z)
    expect([key, seen(Reflect.get(schema, key))]).toEqual([key, seen(Reflect.get(plain, key))])
  }
  const schema = make(bundle.z)
  expect(schema).toBeInstanceOf(bundle.z.ZodType)
  expect(schema._zod.traits).toEqual(plain._zod.traits)
  expect(Object.keys(schema)).toEqual(Object.keys(make(zod)))
  for (const value of SAMPLES) expect(answer(make(bundle.z), value)).toEqual(answer(plain, value))
})

test('a schema made after a library has added a method has it', () => {
  const { prototype } = bundle.z.ZodType as unknown as { prototype: Record<string, unknown> }
  prototype['kind'] = function (this: zod.ZodType) {
    return this.type
  }
  const { kind } = bundle.z.string() as unknown as { kind: () => string }
  expect(kind()).toBe('string')
  expect(Object.keys(bundle.z.string())).toContain('kind')
})

test('a class derived from a kind keeps its own methods', () => {
  class Short extends (bundle.z.ZodString as unknown as new (def: object) => zod.ZodString) {
    longest(): number {
      return 3
    }
  }
  const short = new Short({ type: 'string' })
  expect(short.longest()).toBe(3)
  expect(short.safeParse(3).success).toBe(false)
})
