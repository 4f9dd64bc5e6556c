import fc from 'fast-check'
import { onceIn, toJson, type Schema, type Values } from './values.ts'

export type Sent = {
  /** What it asks for: a method and path of the document, or a tool. */
  target: string
  method: string
  path: string
  headers: Record<string, string>
  /** A number is a body of so many bytes of spaces. */
  body: string | Uint8Array | number | null
}

type Parameter = { name: string; in: string; schema: Schema; required?: boolean }
type Operation = {
  parameters?: Parameter[]
  requestBody?: { content: Record<string, { schema?: Schema }> }
  security?: object[]
}
export type Document = { paths: Record<string, Record<string, Operation>> } & Schema

type Documented = { method: string; path: string; needsKey: boolean; operation: Operation }

/** Every operation of a document. */
export function operationsOf({ paths }: Document): Documented[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      needsKey: operation.security?.some((way) => Object.keys(way).length > 0) ?? true,
      operation,
    })),
  )
}

/** Addresses that are in no document. */
const OTHER_PATHS = [
  '/',
  '/healthz',
  '/readyz',
  '/metrics',
  '/openapi.json',
  '/favicon.ico',
  '/v1',
  '/v1/usage/',
  '//v1/usage',
  '/v1/%2e%2e/usage',
  '/.env',
  '/%',
  '/%00',
]

/** Requests of the documented operations, right and wrong, and of addresses that there are not. */
export function restRequests(document: Document, values: Values): fc.Arbitrary<Sent> {
  const documented = operationsOf(document).map((one) => requestOf(one, values))
  const other = fc.oneof(
    fc.constantFrom(...OTHER_PATHS),
    values.text.map((text) => `/${encoded(text)}`),
  )
  return fc.oneof(
    { weight: 9, arbitrary: fc.oneof(...documented) },
    {
      weight: 1,
      arbitrary: other.map((path) => ({
        target: 'another address',
        method: 'GET',
        path,
        headers: {},
        body: null,
      })),
    },
  )
}

function requestOf(
  { method, path, operation: { parameters = [], requestBody } }: Documented,
  values: Values,
): fc.Arbitrary<Sent> {
  const valuesIn = (place: string) =>
    fc.record(
      Object.fromEntries(
        parameters
          .filter((one) => one.in === place)
          .map(({ name, schema }) => [name, values.around(schema)]),
      ),
      {
        requiredKeys: parameters
          .filter((one) => one.in === place && one.required)
          .map(({ name }) => name),
      },
    )
  return fc
    .record({
      inPath: valuesIn('path'),
      inQuery: fc.oneof(
        { weight: 4, arbitrary: valuesIn('query') },
        { weight: 1, arbitrary: values.corrupted(valuesIn('query')) },
      ),
      inHeader: valuesIn('header'),
      again: onceIn(8, values.text),
      content: bodyOf(requestBody?.content ?? {}, values),
    })
    .map(({ inPath, inQuery, inHeader, again, content }) => {
      const pairs = Object.entries(inQuery as object).map(
        ([name, value]) => `${encoded(name)}=${encoded(plain(value))}`,
      )
      if (again !== null && pairs[0] !== undefined)
        pairs.push(`${pairs[0].split('=')[0]}=${encoded(again)}`)
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        encoded(plain(inPath[name])),
      )
      const headers = Object.fromEntries(
        Object.entries(inHeader as object).map(([name, value]) => [name, plain(value)]),
      )
      return {
        target: `${method} ${path}`,
        method,
        path: pairs.length === 0 ? filled : `${filled}?${pairs.join('&')}`,
        headers: { ...headers, ...(content !== null && { 'content-type': content.type }) },
        body: content?.body ?? null,
      }
    })
}

type Content = { type: string; body: string | Uint8Array }

function bodyOf(
  content: Record<string, { schema?: Schema }>,
  values: Values,
): fc.Arbitrary<Content | null> {
  const kinds = Object.entries(content).map(([type, { schema = {} }]): fc.Arbitrary<Content> => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 2_000 }), fc.constant(PIXEL))
    return /json/.test(type)
      ? values.around(schema).map((value) => ({ type, body: toJson(value) }))
      : bytes.map((body) => ({ type: type.replaceAll('*', 'png'), body }))
  })
  return kinds.length === 0 ? fc.constant(null) : fc.oneof(...kinds)
}

/** The smallest PNG. */
const PIXEL = new Uint8Array(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
)

/** A value of a path, a query or a header. */
function plain(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

/** Mostly well encoded: what begins with a percent sign goes as it is. */
function encoded(text: string): string {
  const whole = text.toWellFormed().slice(0, 4_000)
  return /^%[\x21-\x7e]*$/.test(whole) ? whole : encodeURIComponent(whole)
}
