import { expect } from 'vitest'
import { bearer, connectPinned, INITIALIZE, issued, MCP_HEADERS } from '../support/http.ts'
import { withServer } from '../support/with-server.ts'

const test = withServer()
  .extend('freshKey', async ({ home, account }) => (await issued(home, account)).key)
  .extend('post', ({ server, freshKey }) => (path: string, body: string) => {
    const headers = { ...bearer(freshKey), ...MCP_HEADERS }
    return fetch(`${server.url}${path}`, { method: 'POST', headers, body })
  })

test.for([
  ['/mcp', `{"x":[${'1,'.repeat(20_000)}1]}`, '20,000 JSON values'],
  ['/mcp', '['.repeat(65), '64 levels of JSON'],
  ['/mcp', `{"x":"${'x'.repeat(256 * 1024)}"}`, '256 KiB of JSON beside its data URIs'],
  [
    '/v1/checkout',
    `{${Array.from({ length: 1_001 }, (_, n) => `"k${n}":1`).join()}}`,
    '1,000 keys',
  ],
] as const)(
  '%s with too much JSON is answered 413 with the bound',
  async ([path, body, bound], { post }) => {
    const response = await post(path, body)
    expect(response.status).toBe(413)
    expect(await response.json()).toMatchObject({
      success: false,
      error: { code: 'invalid_input', status: 413, message: expect.stringContaining(bound) },
    })
  },
)

test('600 requests a minute pass, the next is 429 and says when to come back; paid calls do not count', async ({
  server,
  freshKey: key,
  key: other,
}) => {
  await using client = await connectPinned(server, key)
  for (let paid = 0; paid < 3; paid += 1)
    await client.call('generateImage', {
      prompt: `tile ${paid}`,
      imageSize: '64x64',
      preview: false,
    })
  const read = async () => (await server.get('/v1/credits', key)).status
  const statuses: number[] = []
  for (let sent = 0; sent < 605; sent += 11) {
    statuses.push(...(await Promise.all(Array.from({ length: 11 }, read))))
  }
  const passed = statuses.filter((status) => status === 200).length
  expect(passed).toBeGreaterThanOrEqual(590) // the client has connected with a few
  expect(passed).toBeLessThanOrEqual(600)
  const refused = await server.get('/v1/credits', key)
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(await refused.json()).toMatchObject({ error: { code: 'rate_limited' } })
  expect((await server.get('/v1/credits', other)).status).toBe(200)
})

test('60 new sessions a minute pass, the next is 429', async ({ post }) => {
  const statuses: number[] = []
  for (let sent = 0; sent < 61; sent += 1) {
    const response = await post('/mcp', JSON.stringify(INITIALIZE))
    await response.text()
    statuses.push(response.status)
  }
  expect(statuses).toEqual([...Array<number>(60).fill(200), 429])
})

test('each of 500 calls at once is answered within the contract', async ({ post }) => {
  const answers = await Promise.all(
    Array.from({ length: 500 }, async () => {
      const response = await post('/mcp', JSON.stringify({ ...INITIALIZE, method: 'ping' }))
      return { status: response.status, body: (await response.json()) as object }
    }),
  )
  for (const { status, body } of answers) {
    expect([200, 400, 429]).toContain(status)
    expect(Object.keys(body)).toContain('error')
  }
})
