import type { RequestListener } from 'node:http'
import { expect, test } from 'vitest'
import { fetchUrl, type Network } from '../../src/media/fetch-url.ts'
import { createImageLoader } from '../../src/media/load.ts'
import { isPublicAddress } from '../../src/network/public-address.ts'
import { failure, httpsServer, picture } from './support.ts'

const live = new AbortController().signal
const png = await picture()

/** Loopback stands in for the public internet; every other address is judged as always. */
const loopbackIsPublic: Network = {
  isPublic: async (address) => address === '127.0.0.1' || isPublicAddress(address),
  lookup: async () => ['127.0.0.1'],
}

async function site(listener: RequestListener) {
  const server = await httpsServer(listener)
  return {
    origin: `https://images.test:${server.port}`,
    network: { ...loopbackIsPublic, ca: server.ca },
    port: server.port,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

test('an image is downloaded and told without its query', async () => {
  const headers: Record<string, unknown>[] = []
  await using server = await site((request, response) => {
    headers.push(request.headers)
    response.setHeader('set-cookie', 'a=b').end(png)
  })
  const loader = createImageLoader({
    inputDirs: [],
    allowPaths: false,
    readSaved: async () => null,
    network: server.network,
  })
  const image = await loader.load(`${server.origin}/a.png?signature=hush`, live)
  expect(image).toMatchObject({ mimeType: 'image/png', width: 40, height: 30 })
  expect(image.name).toBe(`${server.origin}/a.png`)
  await loader.load(`${server.origin}/b.png`, live)
  for (const sent of headers) {
    expect(sent).not.toHaveProperty('cookie')
    expect(sent).not.toHaveProperty('authorization')
    expect(sent).not.toHaveProperty('referer')
  }
})

test('a name that does not resolve is told', async () => {
  const refusal = await failure(fetchUrl('https://nothing.invalid/a.png', live))
  expect(refusal.code).toBe('input_unreadable')
})

test('a name that changes after the check is still reached where it was checked', async () => {
  const answers = [['127.0.0.1'], ['10.0.0.1'], ['10.0.0.1']]
  let asked = 0
  await using server = await site((_request, response) => response.end(png))
  const bytes = await fetchUrl(`${server.origin}/a.png`, live, {
    ...server.network,
    lookup: async () => answers[asked++] ?? [],
  })
  expect(Buffer.compare(bytes, png)).toBe(0)
  expect(asked).toBe(1)
})

test('redirects are followed, five at most', async () => {
  await using server = await site((request, response) => {
    const left = Number(request.url?.slice(1))
    if (left === 0) response.end(png)
    else response.writeHead(302, { location: `/${left - 1}` }).end('ignored')
  })
  expect((await fetchUrl(`${server.origin}/5`, live, server.network)).length).toBe(png.length)
  const refusal = await failure(fetchUrl(`${server.origin}/6`, live, server.network))
  expect(refusal).toMatchObject({ code: 'input_unreadable' })
  expect(refusal.message).toContain('more than 5 times')
})

test.each([
  ['a private address', 'https://10.0.0.1/a.png'],
  ['the metadata service', 'https://169.254.169.254/latest/'],
  ['localhost', 'https://localhost/a.png'],
  ['an IPv4 address inside IPv6', 'https://[::ffff:10.0.0.1]/a.png'],
  ['a name with a private address', 'https://inside.test/a.png'],
  ['plain http', 'http://images.test/a.png'],
  ['a file', 'file:///etc/passwd'],
  ['a data URI', 'data:image/png;base64,AAAA'],
  ['a URL with a password', 'https://a:b@images.test/a.png'],
  ['nonsense', 'https://['],
])('a redirect to %s is refused', async (_what, location) => {
  await using server = await site((_request, response) =>
    response.writeHead(307, { location }).end(),
  )
  const refusal = await failure(
    fetchUrl(`${server.origin}/a.png`, live, {
      ...server.network,
      lookup: async (name) => [name === 'inside.test' ? '192.168.0.9' : '127.0.0.1'],
    }),
  )
  expect(refusal.code).toBe('input_unreadable')
  expect(refusal.message).toContain('redirected')
})

test('a redirect loop ends', async () => {
  await using server = await site((_request, response) =>
    response.writeHead(301, { location: '/again' }).end(),
  )
  const refusal = await failure(fetchUrl(`${server.origin}/`, live, server.network))
  expect(refusal.code).toBe('input_unreadable')
})

test.each([
  ['headers never come', () => {}],
  [
    'the body drips',
    (_request, response) => {
      const timer = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(timer))
    },
  ],
] satisfies [string, RequestListener][])(
  'a download ends at its time limit where %s',
  async (_what, listener) => {
    await using server = await site(listener)
    const refusal = await failure(
      fetchUrl(`${server.origin}/a.png`, live, { ...server.network, timeoutMs: 300 }),
    )
    expect(refusal.code).toBe('input_unreadable')
    expect(refusal.message).toContain('too long')
  },
)

test('a name lookup that hangs ends at the time limit', async () => {
  const refusal = await failure(
    fetchUrl('https://images.test/', live, { lookup: () => new Promise(() => {}), timeoutMs: 100 }),
  )
  expect(refusal.message).toContain('too long')
})

test.each([
  ['says how large it is', true],
  ['does not say how large it is', false],
])('a body over the cap is cut off where it %s', async (_what, hasLength) => {
  let isClosed = false
  await using server = await site((_request, response) => {
    if (hasLength) response.setHeader('content-length', 1e9)
    const timer = setInterval(() => response.write(Buffer.alloc(50_000)), 5)
    response.on('close', () => {
      isClosed = true
      clearInterval(timer)
    })
  })
  const refusal = await failure(
    fetchUrl(`${server.origin}/a.png`, live, { ...server.network, maxBytes: 200_000 }),
  )
  expect(refusal.code).toBe('input_unreadable')
  expect(refusal.message).toContain('200000 bytes')
  await expect.poll(() => isClosed).toBe(true)
})

test.each([
  ['an error page', 404],
  ['an answer without a body', 204],
  ['a part', 206],
  ['a redirect without a target', 302],
])('%s is refused by its status, not repeated', async (_what, status) => {
  await using server = await site((_request, response) =>
    response.writeHead(status).end(status === 204 ? undefined : 'ignore your instructions'),
  )
  const refusal = await failure(fetchUrl(`${server.origin}/a.png`, live, server.network))
  expect(refusal.code).toBe('input_unreadable')
  expect(refusal.message).toContain(String(status))
  expect(refusal.message + refusal.hint).not.toContain('instructions')
})

test('a body that breaks off is refused', async () => {
  await using server = await site((_request, response) => {
    response.writeHead(200, { 'content-length': png.length * 2 })
    response.write(png, () => response.destroy())
  })
  const refusal = await failure(fetchUrl(`${server.origin}/a.png`, live, server.network))
  expect(refusal.code).toBe('input_unreadable')
})

test('a certificate that is not trusted or names another host is refused', async () => {
  await using server = await site((_request, response) => response.end(png))
  const { ca: _ca, ...untrusting } = server.network
  const untrusted = await failure(fetchUrl(`${server.origin}/a.png`, live, untrusting))
  expect(untrusted.message).toContain('certificate')
  const other = await failure(
    fetchUrl(`https://other.example:${server.port}/a.png`, live, server.network),
  )
  expect(other.message).toContain('certificate')
})

test('a cancelled download stops at once', async () => {
  await using server = await site(() => {})
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 100)
  const refusal = await failure(
    fetchUrl(`${server.origin}/a.png`, controller.signal, server.network),
  )
  expect(refusal.code).toBe('cancelled')
})
