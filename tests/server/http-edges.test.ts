import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect } from 'vitest'
import { connectPinned } from '../support/http.ts'
import { freePort } from '../support/postgres.ts'
import { withServer } from '../support/with-server.ts'

const metricsPort = await freePort()
const test = withServer({}, ['--metrics-port', String(metricsPort)])
  /** Sends bytes and returns all that comes back. */
  .extend('raw', ({ server }) => async (bytes: string) => {
    const { hostname, port } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    socket.write(bytes)
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
    return { head, body }
  })

test.for(['10.1.2.3', '10.1.2.3:8787', '[::1]:80', 'pod-7.cluster.local'])(
  'a probe under the host %j is answered, another request is not',
  async (host, { raw }) => {
    for (const [path, status] of [
      ['/healthz', 200],
      ['/readyz', 200],
      ['/v1/credits', host.startsWith('[') ? 401 : 403],
    ]) {
      const { head } = await raw(
        `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      )
      expect(`${path} ${head.slice(9, 12)}`).toBe(`${path} ${status}`)
    }
  },
)

test('a foreign host or origin is refused whatever came before it', async ({ raw, key }) => {
  const statusOf = async (host: string, more = '') => {
    const request = `GET /v1/credits HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${key}\r\n${more}`
    return (await raw(`${request}Connection: close\r\n\r\n`)).head.slice(9, 12)
  }
  const foreign = 'Origin: http://evil.example\r\n'
  for (let time = 0; time < 2; time += 1) {
    expect(await statusOf('localhost')).toBe('200')
    expect(await statusOf('evil.example')).toBe('403')
    expect(await statusOf('localhost')).toBe('200')
    expect(await statusOf('localhost', foreign)).toBe('403')
    expect(await statusOf('localhost', foreign)).toBe('403')
    expect(await statusOf('localhost', 'Origin: http://localhost:80\r\n')).toBe('200')
    expect(await statusOf('localhost', 'Origin: undefined\r\n')).toBe('403')
  }
})

test('metrics have a port of their own, which answers any host, and are not on the other', async ({
  server,
}) => {
  const metrics = await fetch(`http://127.0.0.1:${metricsPort}/metrics`)
  expect(metrics.status).toBe(200)
  expect(await metrics.text()).toContain('inkwell_http_request_seconds')
  expect((await server.get('/metrics')).status).toBe(404)
  expect((await fetch(`http://127.0.0.1:${metricsPort}/v1/credits`)).status).toBe(404)
})

test.for([
  ['a request that is not HTTP', 'HELLO\r\n\r\n', 400],
  ['headers of more than 16 KiB', `GET / HTTP/1.1\r\nX-Long: ${'a'.repeat(17_000)}\r\n\r\n`, 431],
] as const)('%s gets the body of every other error', async ([, bytes, status], { raw }) => {
  const { head, body } = await raw(bytes)
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  expect(JSON.parse(body)).toMatchObject({
    success: false,
    error: { code: 'invalid_input', status, message: expect.any(String) },
  })
})

test('the target of a request does not choose the links in its answer', async ({
  server,
  key,
  raw,
}) => {
  await using client = await connectPinned(server, key)
  const made = await client.call('generateImage', { prompt: 'a tile', imageSize: '64x64' })
  const { id } = made.structuredContent as { id: string }
  const { body } = await raw(
    `GET http://evil.example/v1/generations/${id} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\nConnection: close\r\n\r\n`,
  )
  expect(body).toContain('http://localhost/')
  expect(body).not.toContain('evil.example')
})
