import { spawnSync } from 'node:child_process'
import { connect as connectTcp } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test, vi } from 'vitest'
import { money } from '../../src/money.ts'
import { until } from '../generations/paid-app.ts'
import { ACCOUNT, ARGS, book, COMMAND, examine, REPOSITORY, temporaryHome } from '../support/app.ts'
import { startFalEmulator } from '../services/fal/emulator.ts'
import {
  bearer,
  connectPinned,
  HTTP_CLIENTS,
  INITIALIZE,
  issued,
  MCP_HEADERS,
  openedAccount,
  serveHttp,
} from '../support/http.ts'
import { CHEAP, GRANT, liveHome } from '../support/live.ts'
import { answerOf, small } from '../tools/support.ts'

/** Longest time a server takes to go, whatever runs, in milliseconds. */
const EXIT_MS = 4_000

describe.each(HTTP_CLIENTS)('a stop of the server under a client of $client', ({ connect }) => {
  test('hands an open call over at once; the same call then joins it and costs nothing more', async () => {
    await using fal = await startFalEmulator({ queueMs: 0, runMs: 5_000 })
    using home = liveHome(fal)
    const account = await openedAccount(home, 'Ada', 'live')
    const { key } = await issued(home, account)
    await using server = await serveHttp(home)
    await using client = await connect(server, key)
    const call = client.call('generateImage', CHEAP)
    await until(() => fal.jobs.some(({ state }) => state === 'IN_PROGRESS'))
    const stopped = server.stop('SIGHUP')
    const { id, status } = answerOf(await call)
    expect({ id, status }).toEqual({ id: expect.stringMatching(/^gen_/), status: 'running' })
    expect(await stopped).toBe(0)

    await using next = await serveHttp(home)
    await using again = await connect(next, key)
    const joined = answerOf(await again.call('generateImage', CHEAP))
    expect(joined).toMatchObject({ id, status: 'completed', replayed: true })
    expect([fal.jobs.length, fal.charges.length]).toEqual([1, 1])
    expect(await next.json('/v1/credits', key)).toMatchObject({
      body: { balance: money(GRANT - 3_000) },
    })
  })

  test('is quick where nothing runs, though the client stays connected', async () => {
    using home = temporaryHome()
    await book(home, [], Date.now())
    const { key } = await issued(home, ACCOUNT)
    await using server = await serveHttp(home)
    await using client = await connect(server, key)
    answerOf(await client.call('checkUsage'))
    const startedAt = performance.now()
    expect(await server.stop()).toBe(0)
    expect(performance.now() - startedAt).toBeLessThan(EXIT_MS)
  })
})

test('a stopping server is not ready, serves for its drain delay, and then refuses what is new', async () => {
  using home = temporaryHome()
  await book(home, [], Date.now())
  const { key } = await issued(home, ACCOUNT)
  await using server = await serveHttp(home, {}, { args: ['--drain-delay', '1'] })
  const { hostname, port } = new URL(server.url)
  const unfinished = connectTcp(Number(port), hostname) // keeps the server from going at once
  unfinished.write(
    `POST /mcp HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
  )
  expect((await server.get('/readyz')).status).toBe(200)
  const stopped = server.stop('SIGINT')
  await until(async () => (await server.get('/readyz')).status === 503)
  expect((await server.get('/v1/credits', key)).status).toBe(200)
  await until(async () => (await server.get('/v1/credits', key)).status !== 200)
  const refused = await server.get('/v1/credits', key)
  expect(refused.headers.get('retry-after')).toBe('5')
  expect(await refused.json()).toMatchObject({
    error: {
      code: 'ledger_unavailable',
      status: 503,
      message: expect.stringContaining('stopping'),
    },
  })
  expect((await server.get('/healthz')).status).toBe(200)
  unfinished.destroy()
  expect(await stopped).toBe(0)
})

test('a stop does not wait for long work: its holds stay, and no file is left that was not paid for', async () => {
  using home = temporaryHome()
  await book(home, [], Date.now())
  const { key } = await issued(home, ACCOUNT)
  await using server = await serveHttp(home)
  await using client = await connectPinned(server, key)
  const long = { ...small, imageSize: { width: 4096, height: 4096 } }
  for (const prompt of ['calm', 'calmer', 'calmest'])
    client.call('generateImage', { ...long, prompt }).catch(() => {})
  while ((await examine(home)).held < 3 * 850_000) await sleep(5)
  const startedAt = performance.now()
  expect(await server.stop()).toBe(0)
  expect(performance.now() - startedAt).toBeLessThan(EXIT_MS)
  const { available, held, difference } = await examine(home)
  expect(difference).toBeNull()
  expect(available + held).toBe(5_000_000 - 850_000 * home.outputs().length)
})

test('a disconnect cancels a call only in the protocol versions that define it so', async () => {
  for (const { connect } of HTTP_CLIENTS) {
    using home = temporaryHome()
    await book(home, [], Date.now())
    const { key } = await issued(home, ACCOUNT)
    await using server = await serveHttp(home)
    {
      await using client = await connect(server, key)
      const call = client.call('generateImage', { ...small, numImages: 4 })
      call.catch(() => {})
      await until(async () => (await examine(home)).available < 5_000_000)
    }
    await until(async () => (await examine(home)).held === 0)
    expect(await server.stop()).toBe(0)
    const { available, held, difference } = await examine(home)
    // Whichever came first: the money and the files go together.
    expect({ held, difference }).toEqual({ held: 0, difference: null })
    expect(available).toBe(5_000_000 - 50_000 * home.outputs().length)
  }
})

test('an address that is taken stops the start with a sentence', async () => {
  using home = temporaryHome()
  await using server = await serveHttp(home)
  const { port } = new URL(server.url)
  const { status, stderr } = spawnSync(COMMAND, [...ARGS, 'serve', '--port', port], {
    cwd: REPOSITORY,
    env: home.env,
    encoding: 'utf8',
  })
  expect(status).toBe(2)
  expect(stderr).toBe(
    `inkwell: Inkwell cannot listen on 127.0.0.1:${port} (EADDRINUSE).\nChoose another --host or --port, or stop what uses this one.\n`,
  )
})

test('a stop in the middle of work, with nobody connected any more, ends well and gives the work up', async () => {
  using home = temporaryHome()
  const { key } = await issued(home, await openedAccount(home, 'Gone'))
  await using server = await serveHttp(home)
  const calling = new AbortController()
  const post = async (body: object, headers: Record<string, string> = {}) =>
    await fetch(`${server.url}/mcp`, {
      method: 'POST',
      headers: { ...MCP_HEADERS, ...bearer(key), ...headers },
      body: JSON.stringify(body),
      signal: calling.signal,
    })
  const session = (await post(INITIALIZE)).headers.get('mcp-session-id') ?? ''
  const params = { name: 'generateImage', arguments: { prompt: 'fog', imageSize: '4096x4096' } }
  post(
    { jsonrpc: '2.0', id: 2, method: 'tools/call', params },
    { 'mcp-session-id': session },
  ).catch(
    () => {}, // it is cut off below, which does not cancel the work of a client of 2025
  )
  const leases = () =>
    home.withLedger((db) =>
      db.read(function* read() {
        const rows = yield () => ({
          sql: 'select lease_until as until from generation where finished_at is null',
          parameters: [],
        })
        return rows.map(({ until }) => Number(until))
      }),
    )
  await vi.waitFor(async () => expect(await leases()).toHaveLength(1), 10_000)
  calling.abort()
  expect(await server.stop()).toBe(0)
  expect(await leases()).toEqual([0])
})
