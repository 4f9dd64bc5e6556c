import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, expect } from 'vitest'
import type { Settings } from '../support/app.ts'
import { bearer, INITIALIZE, issued, MCP_HEADERS, serveHttp, type Json } from '../support/http.ts'
import { withServer } from '../support/with-server.ts'

const RANGE = 'from=2026-02-20&to=2026-02-22'

type Sent = { method?: string; headers?: Settings; body?: string | Uint8Array }

/** Asks with exactly these headers: fetch would set some of its own. */
async function sendTo(url: string, { method = 'GET', headers = {}, body }: Sent = {}) {
  const asked = request(url, { method, headers })
  asked.on('error', () => {}) // the server may answer and close before it has read a large body
  asked.end(body)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  return { status: answer.statusCode, headers: answer.headers, text: await text(answer) }
}

const test = withServer()
  .extend('send', ({ server }) => (path: string, sent?: Sent) => {
    return sendTo(server.url + path, sent)
  })
  .extend('mcpCall', ({ send, key }) => (message: unknown, more: Settings = {}) => {
    const headers = { ...bearer(key), ...MCP_HEADERS, ...more }
    const body = typeof message === 'string' ? message : JSON.stringify(message)
    return send('/mcp', { method: 'POST', headers, body })
  })

describe('a request that is wrong', () => {
  test.for([
    '/v1/usage',
    '/v1/usage?from=2026-02-20',
    '/v1/usage?to=2026-02-20',
    '/v1/usage?from=2026-02-22&to=2026-02-20',
    '/v1/usage?from=2026-02-30&to=2026-03-01',
    '/v1/usage?from=2026-2-1&to=2026-03-01',
    '/v1/usage?from=yesterday&to=today',
    '/v1/usage?from=2020-01-01&to=2026-01-01',
    `/v1/usage?${RANGE}&group=day`,
    `/v1/usage?${RANGE}&from=2026-02-21`,
    '/v1/usage/daily',
    '/v1/usage/daily?from=2026-13-01&to=2026-13-02',
    '/v1/usage/export',
    `/v1/usage/export?${RANGE}&format=xml`,
    '/v1/usage/transactions?limit=0',
    '/v1/usage/transactions?limit=101',
    '/v1/usage/transactions?limit=-1',
    '/v1/usage/transactions?limit=1.5',
    '/v1/usage/transactions?limit=',
    '/v1/usage/transactions?limit=99999999999999999999',
    '/v1/usage/transactions?limit=2&limit=3',
    '/v1/usage/transactions?type=gift',
    '/v1/usage/transactions?type=',
    '/v1/usage/transactions?modality=smell',
    '/v1/usage/transactions?cursor=',
    '/v1/usage/transactions?cursor=nonsense',
    '/v1/usage/transactions?cursor=MTIz',
    '/v1/usage/transactions?cursor=%00',
    `/v1/usage/transactions?cursor=${Buffer.from('s1 or 1=1').toString('base64url')}`,
    '/v1/usage/transactions?offset=3',
    '/billing/invoices?limit=0',
    '/billing/invoices?limit=101',
    '/billing/invoices?offset=-1',
    '/billing/invoices?page=1',
    '/v1/generations/x',
    '/v1/generations/gen_%00%00',
    `/v1/assets/${'x'.repeat(101)}`,
  ])('GET %s is answered 400, in the one shape of an error', async (path, { server, key }) => {
    const { status, body } = await server.json(path, key)
    expect({ status, body }).toEqual({
      status: 400,
      body: {
        success: false,
        error: {
          code: 'invalid_input',
          message: expect.not.stringMatching(/Invalid|undefined/), // words of a validator, not of a person
          status: 400,
          hint: expect.any(String),
        },
        message: (body as { error: Json }).error.message,
      },
    })
  })

  test('without what it needs names each of it', async ({ server, key }) => {
    const { body } = await server.json('/v1/usage?form=2026-02-20', key)
    expect(body.message).toBe('from: is required; to: is required; there is no parameter "form".')
  })

  test.for([
    '/v1/generations/gen_unknown',
    '/v1/assets/asset_unknown',
    '/v1/assets/..%2F..%2Fetc%2Fpasswd',
    '/v1/generations/%E0%A4%A',
    '/v1/unknown',
    '/../etc/passwd',
    '/%',
  ])('GET %s finds nothing', async (path, { send, key }) => {
    const { status, text } = await send(path, { headers: bearer(key) })
    expect(status).toBe(404)
    expect(JSON.parse(text)).toMatchObject({ success: false, error: { status: 404 } })
  })

  test.for(['POST', 'PUT', 'DELETE', 'PATCH'])(
    '%s of a reading finds nothing',
    async (method, { send, key }) => {
      expect((await send('/v1/credits', { method, headers: bearer(key) })).status).toBe(404)
    },
  )

  test('without the scope is answered 403, which names it', async ({ home, server, account }) => {
    const { key: narrow } = await issued(home, account, { scopes: ['generate'] })
    for (const path of [`/v1/usage?${RANGE}`, '/v1/credits', '/billing/invoices']) {
      const { status, body } = await server.json(path, narrow)
      expect(status).toBe(403)
      expect(body.message).toContain('credits:read')
    }
    const { status, body } = await server.json('/v1/assets/asset_x', narrow)
    expect(status).toBe(403)
    expect(body.message).toContain('assets:read')
  })

  test('without a key says how to send one, before anything of the request is looked at', async ({
    send,
  }) => {
    const { status, headers } = await send('/v1/usage?from=nonsense')
    expect(status).toBe(401)
    expect(headers['www-authenticate']).toMatch(/^Bearer/)
  })
})

describe('where a request comes from', () => {
  test.for([
    { headers: { host: 'evil.example' }, status: 403 },
    { headers: { host: '127.0.0.1.evil.example' }, status: 403 },
    { headers: { origin: 'https://evil.example' }, status: 403 },
    { headers: { origin: 'null' }, status: 403 },
    { headers: { origin: 'http://localhost.evil.example' }, status: 403 },
    { headers: { origin: 'http://localhost:3000' }, status: 200 },
    { headers: { host: 'localhost' }, status: 200 },
    { headers: {}, status: 200 },
  ])('$headers is answered $status', async ({ headers, status }, { send, mcpCall, key }) => {
    for (const path of ['/v1/credits', '/openapi.json']) {
      const answer = await send(path, { headers: { ...bearer(key), ...headers } })
      expect({ path, status: answer.status }).toEqual({ path, status })
      expect(answer.text.startsWith('{"success":false')).toBe(status === 403)
    }
    const mcp = await mcpCall(INITIALIZE, headers)
    expect(mcp.status).toBe(status)
    // Probes come by address, under any name.
    expect((await send('/healthz', { headers })).status).toBe(200)
  })

  test('every answer carries the headers that keep browsers from guessing, and a request id', async ({
    send,
    key,
  }) => {
    for (const path of ['/v1/credits', '/v1/unknown', '/v1/usage', '/healthz', '/mcp']) {
      const { headers } = await send(path, { headers: bearer(key) })
      expect({ path, headers }).toMatchObject({
        path,
        headers: {
          'x-content-type-options': 'nosniff',
          'x-frame-options': 'DENY',
          'referrer-policy': 'same-origin',
          'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
        },
      })
      expect(headers['access-control-allow-origin']).toBeUndefined()
    }
  })

  test('a short reading is sent as it is, with the same headers as any other', async ({
    send,
    key,
  }) => {
    const read = async (path: string, encoding: string) => {
      const headers = { ...bearer(key), 'accept-encoding': encoding, 'x-request-id': 'mine' }
      return (await send(path, { headers })).headers
    }
    const { date: _, ...other } = await read(`/v1/usage/daily?${RANGE}`, 'identity')
    for (const encoding of ['identity', 'br'])
      for (const path of ['/v1/credits', `/v1/usage?${RANGE}`]) {
        const { date: _date, ...headers } = await read(path, encoding)
        expect(headers).toEqual({ ...other, 'content-length': expect.stringMatching(/^\d+$/) })
      }
  })
})

test('a server answers to the names that it was started with', async ({ home }) => {
  await using named = await serveHttp(home, {}, { args: ['--allow-host', 'images.example'] })
  const status = async (host: string) =>
    (await sendTo(`${named.url}/openapi.json`, { headers: { host } })).status
  expect(await status('images.example')).toBe(200)
  expect(await status('other.example')).toBe(403)
})

describe('POST /mcp', () => {
  test.for(['', '{', 'nonsense', '{"jsonrpc":"2.0"', '\u0000', 'null', '1', '"text"', '[]', '{}'])(
    'answers %j with 400',
    async (body, { mcpCall }) => {
      const { status, text } = await mcpCall(body)
      expect({ body, status }).toEqual({ body, status: 400 })
      expect(JSON.parse(text)).toMatchObject({
        jsonrpc: '2.0',
        error: { code: expect.any(Number) },
      })
    },
  )

  test.for(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])(
    'takes no content of type %j',
    async (type, { mcpCall }) => {
      expect((await mcpCall(INITIALIZE, { 'content-type': type })).status).toBe(415)
    },
  )

  test('takes a body of 32 MiB and no larger one, whatever it says of its length', async ({
    mcpCall,
  }) => {
    const padded = (bytes: number) => {
      const { params } = INITIALIZE
      const withPicture = (uri: string) =>
        JSON.stringify({ ...INITIALIZE, params: { ...params, _meta: { picture: uri } } })
      return withPicture('data:'.padEnd(bytes - withPicture('').length, 'A'))
    }
    const spaces = JSON.stringify(INITIALIZE).padEnd(257 * 1024)
    expect((await mcpCall(spaces)).status).toBe(413)
    const limit = 32 * 1024 * 1024
    expect((await mcpCall(padded(limit))).status).toBe(200)
    const { status, text } = await mcpCall(padded(limit + 1))
    expect(status).toBe(413)
    expect(JSON.parse(text)).toMatchObject({ success: false, error: { status: 413 } })
    const chunked = await mcpCall(padded(limit + 1), { 'transfer-encoding': 'chunked' })
    expect(chunked.status).toBe(413)
    const keyless = await mcpCall(padded(limit + 1), { authorization: 'Bearer no' })
    expect(keyless.status).toBe(401)
  }, 120_000)

  test('of an unknown session is 404, and without one 400', async ({ mcpCall }) => {
    const list = { jsonrpc: '2.0', id: 2, method: 'tools/list' }
    expect((await mcpCall(list)).status).toBe(400)
    expect((await mcpCall(list, { 'mcp-session-id': 'unknown' })).status).toBe(404)
  })
})
