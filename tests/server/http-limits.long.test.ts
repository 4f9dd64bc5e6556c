import { expect } from 'vitest'
import { connectV2 } from '../support/clients.ts'
import { inkwell } from '../support/app.ts'
import { bearer, connectHttp1, connectPinned, issued, serveHttp } from '../support/http.ts'
import { keep, withServer } from '../support/with-server.ts'

const LIMIT = 4
const IMAGE = { prompt: 'a plain tile', imageSize: { width: 64, height: 64 }, preview: false }

const test = withServer({ INKWELL_MAX_CALLS_PER_MINUTE: String(LIMIT) })
  .extend('freshKey', async ({ home, account }) => {
    return (await issued(home, account, { scopes: ['generate', 'credits:read'] })).key
  })
  .extend('client', async ({ server, freshKey }, fixture) =>
    keep(await connectPinned(server, freshKey), fixture),
  )
  /** Reads the window as an answer tells it. */
  .extend('readWindow', ({ server, freshKey }) => async () => {
    const { headers } = await server.get('/v1/credits', freshKey)
    const of = (name: string): string => headers.get(`x-ratelimit-${name}`) ?? ''
    const inSeconds = Number(of('reset')) - Date.now() / 1000
    return { limit: of('limit'), remaining: of('remaining'), inSeconds }
  })

test('of many concurrent calls over two servers, exactly the limit per minute is made and charged', async ({
  home,
  freshKey,
  client,
  readWindow,
}) => {
  await using second = await serveHttp(home)
  await using other = await connectHttp1(second, freshKey)
  const calls = Array.from({ length: 12 }, (_, index) =>
    (index % 2 === 0 ? client : other).call('generateImage', IMAGE),
  )
  const results = await Promise.all(calls)
  const codes = results.map(
    ({ structuredContent }) =>
      (structuredContent as { error?: { code: string } }).error?.code ?? 'made',
  )
  expect(Object.groupBy(codes, (code) => code)).toMatchObject({
    made: { length: LIMIT },
    rate_limited: { length: 12 - LIMIT },
  })
  const refused = results.find(({ isError }) => isError === true)
  expect(refused?.structuredContent).toMatchObject({
    error: {
      code: 'rate_limited',
      retryable: true,
      charged: { micro: 0 },
      retryAfterSeconds: expect.any(Number),
    },
  })
  expect(refused?.content[0]?.text).toMatch(/^More than 4 paid calls in a minute\. Wait \d+ s/)
  const window = await readWindow()
  expect(window).toMatchObject({ limit: '4', remaining: '0' })
  expect(window.inSeconds).toBeGreaterThan(0)
  expect(window.inSeconds).toBeLessThanOrEqual(61)
  expect((await inkwell(home, ['ledger', 'verify'])).code).toBe(0)
})

test('what is free, quoted, refused, failed before a hold or replayed is no paid call', async ({
  client,
  readWindow,
}) => {
  const once = { ...IMAGE, idempotencyKey: 'the one' }
  await client.call('generateImage', once)
  for (let again = 0; again < LIMIT; again += 1) {
    await client.call('generateImage', once)
    await client.call('generateImage', { ...IMAGE, quoteOnly: true })
    await client.call('generateImage', { ...IMAGE, maxCostUsd: 0.001 })
    await client.call('generateImage', { ...IMAGE, numImages: 99 })
    await client.call('checkUsage')
  }
  expect(await readWindow()).toMatchObject({ remaining: String(LIMIT - 1) })
})

test('free calls of local models have their own rate limit, and a refusal names the exceeded limit', async ({
  client,
  readWindow,
}) => {
  const call = async (model?: string) =>
    await client.call('generateImage', { ...IMAGE, ...(model !== undefined && { model }) })
  for (let made = 0; made < LIMIT; made += 1) {
    expect((await call('local/draft')).isError).toBeUndefined()
    expect(await readWindow()).toMatchObject({ remaining: String(LIMIT) })
  }
  const free = await call('local/draft')
  expect(free.content[0]?.text).toMatch(/^More than 4 free calls of local models in a minute\. /)
  expect(free.structuredContent).toMatchObject({ error: { code: 'rate_limited' } })
  for (let made = 0; made < LIMIT; made += 1) expect((await call()).isError).toBeUndefined()
  expect((await call()).content[0]?.text).toMatch(/^More than 4 paid calls in a minute\. /)
})

test('an upload beyond the limit is answered 429 and says when to come back', async ({
  server,
  freshKey,
}) => {
  const upload = () =>
    fetch(`${server.url}/v1/assets`, {
      method: 'POST',
      headers: { ...bearer(freshKey), 'content-type': 'image/png' },
      body: 'not an image',
    })
  for (let sent = 0; sent < LIMIT; sent += 1) expect((await upload()).status).toBe(422)
  const refused = await upload()
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(refused.headers.get('x-ratelimit-remaining')).toBe('0')
  expect(await refused.json()).toMatchObject({ success: false, error: { code: 'rate_limited' } })
})

test('stdio and the command line share one rate limit', async ({ home }) => {
  await using client = await connectV2(home)
  for (let made = 0; made < LIMIT; made += 1)
    expect((await client.call('generateImage', IMAGE)).isError).toBeUndefined()
  const { code, stdout } = await inkwell(home, ['call', 'generateImage', JSON.stringify(IMAGE)])
  expect({ code, stdout }).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('in a minute'),
  })
})

test('a limit that is no number stops the start', async ({ home }) => {
  const { code, stderr } = await inkwell(home, ['usage'], {
    env: { INKWELL_MAX_CALLS_PER_MINUTE: '0' },
  })
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('INKWELL_MAX_CALLS_PER_MINUTE'),
  })
})
