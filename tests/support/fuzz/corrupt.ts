import fc from 'fast-check'
import type { Sent } from './rest.ts'
import { onceIn } from './values.ts'

/** Keys that a request may come with. */
export type Keys = {
  /** Keys that may do everything. */
  good: readonly string[]
  /** A revoked one, an expired one, one with a single scope, and none of ours. */
  bad: readonly string[]
}

const METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'M-SEARCH',
]

const ODD_HEADERS: readonly Record<string, string>[] = [
  { accept: '*/*' },
  { accept: 'text/html' },
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-type': 'multipart/form-data' },
  { 'content-type': 'multipart/form-data; boundary=' },
  { 'content-type': '\u00FF' },
  { 'content-encoding': 'gzip' },
  { 'transfer-encoding': 'chunked' },
  { expect: '100-continue' },
  { expect: 'a miracle' },
  { range: 'bytes=0-0,-1,9999999999-' },
  { 'if-none-match': '*' },
  { host: 'evil.example' },
  { host: '' },
  { origin: 'null' },
  { origin: 'https://evil.example' },
  { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'gopher' },
  { 'inkwell-session': 'two words' },
  { 'inkwell-session': `ses_${'x'.repeat(124)}` },
  { 'idempotency-key': 'x'.repeat(5_000) },
  { 'mcp-session-id': '../../x' },
  { 'mcp-protocol-version': '1999-01-01' },
  { 'last-event-id': '1; drop' },
  { traceparent: '00-zz' },
  { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` },
  { cookie: 'a=b; '.repeat(500) },
  { 'x-long': 'x'.repeat(12_000) },
  { authorization: 'Basic YTpi' },
  { authorization: 'Bearer' },
  { authorization: `Bearer ${'x'.repeat(10_000)}` },
  { 'x-access-token': '\u00FF\u0080' },
]

/** Largest bodies, in bytes: above what the REST API and what the MCP endpoint take. */
const OVERSIZED = [70_000, 33 * 1024 * 1024]

/** The same requests, from callers with good and bad keys, and now and then broken as HTTP or as text. */
export function corruptedRequests(
  requests: fc.Arbitrary<Sent>,
  { good, bad }: Keys,
): fc.Arbitrary<Sent> {
  const key = fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...good) },
    { weight: 2, arbitrary: fc.constantFrom(...bad) },
  )
  const credentials = fc.oneof(
    { weight: 8, arbitrary: key.map((one) => ({ authorization: `Bearer ${one}` })) },
    { weight: 3, arbitrary: key.map((one) => ({ 'x-access-token': one })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(key, key)
        .map(([one, two]) => ({ authorization: `bearer ${one}`, 'x-access-token': two })),
    },
    { weight: 1, arbitrary: fc.constant({}) },
  )
  return fc
    .record({
      request: requests,
      credentials,
      method: onceIn(12, fc.constantFrom(...METHODS)),
      odd: onceIn(6, fc.constantFrom(...ODD_HEADERS)),
      size: onceIn(400, fc.constantFrom(...OVERSIZED)),
      cut: onceIn(12, fc.tuple(fc.nat(200), fc.constantFrom('', '\u0000', '}', '\uFEFF', ','))),
    })
    .map(({ request, credentials: sentKey, method, odd, size, cut }) => ({
      target: request.target,
      method: method ?? request.method,
      path: request.path,
      headers: safe({ ...request.headers, ...sentKey, ...odd }),
      body: size ?? broken(request.body, cut),
    }))
}

/** A text with something else in place of a few characters. */
function broken(body: Sent['body'], cut: [number, string] | null): Sent['body'] {
  if (cut === null || typeof body !== 'string') return body
  const at = cut[0] % Math.max(1, body.length)
  return `${body.slice(0, at)}${cut[1]}${body.slice(at + (cut[0] % 7))}`
}

/** What may not be in a header is not sent: the client of Node.js would refuse it. `malformed` is about the rest. */
function safe(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?'),
    ]),
  )
}

/** What no client sends, byte by byte. `HOST` and `KEY` are put in. */
export const MALFORMED: readonly string[] = [
  '\r\n\r\n',
  'nonsense\r\n\r\n',
  'GET / HTTP/9.9\r\n\r\n',
  'GET /v1/credits HTTP/1.1\r\n\r\n',
  'GET /v1/credits HTTP/1.1\r\nhost: HOST\r\nhost: evil.example\r\nauthorization: Bearer KEY\r\n\r\n',
  'GET /v1/credits HTTP/1.1\r\nhost: HOST\r\nx-bad: \u0001\u0000\r\n\r\n',
  'GET /v1/credits HTTP/1.1\r\nhost: HOST\r\nauthorization: Bearer KEY\r\nauthorization: Bearer other\r\n\r\n',
  'GET /\u0000 HTTP/1.1\r\nhost: HOST\r\n\r\n',
  'GET http://evil.example/v1/credits HTTP/1.1\r\nhost: HOST\r\nauthorization: Bearer KEY\r\n\r\n',
  'GET //evil.example/%2e%2e HTTP/1.1\r\nhost: HOST\r\n\r\n',
  'CONNECT evil.example:443 HTTP/1.1\r\nhost: HOST\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nhost: HOST\r\n\r\n',
  'POST /mcp HTTP/1.1\r\nhost: HOST\r\nauthorization: Bearer KEY\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\n{}',
  'POST /mcp HTTP/1.1\r\nhost: HOST\r\nauthorization: Bearer KEY\r\ncontent-type: application/json\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}',
  'POST /mcp HTTP/1.1\r\nhost: HOST\r\nauthorization: Bearer KEY\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}',
  'POST /mcp HTTP/1.1\r\nhost: HOST\r\nauthorization: Bearer KEY\r\ncontent-type: application/json\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: HOST\r\n\r\n`,
  `GET / HTTP/1.1\r\nhost: HOST\r\n${'x-many: y\r\n'.repeat(3_000)}\r\n`,
  'GET / HTTP/1.1\r\nhost: HOST\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
]
