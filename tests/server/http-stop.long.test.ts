import { spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { ACCOUNT, ARGS, book, COMMAND, examine, REPOSITORY, temporaryHome } from '../support/app.ts'
import { connectPinned, HTTP_CLIENTS, issued, serveHttp } from '../support/http.ts'
import { answerOf, small } from '../tools/support.ts'

/** Longest time an idle server takes to go, in milliseconds. */
const EXIT_MS = 4_000
/** Longest time a stop takes whatever runs, in milliseconds. */
const LONGEST_STOP_MS = 13_000

describe.each(HTTP_CLIENTS)('a stop of the server under a client of $client', ({ connect }) => {
  test('lets a call that runs be answered and paid for, once', async () => {
    using home = temporaryHome()
    await book(home, [], Date.now())
    const { key } = await issued(home, ACCOUNT)
    await using server = await serveHttp(home)
    await using client = await connect(server, key)
    const imageSize = { width: 2048, height: 2048 }
    const call = client.call('generateImage', { ...small, imageSize, numImages: 2 })
    while ((await examine(home)).held === 0) await sleep(5)
    const stopped = server.stop()
    expect(answerOf(await call)).toMatchObject({ status: 'completed', cost: money(500_000) })
    expect(await stopped).toBe(0)
    expect(await examine(home)).toMatchObject({ available: 4_500_000, held: 0, difference: null })
    expect(home.outputs()).toHaveLength(2)
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
  expect(performance.now() - startedAt).toBeLessThan(LONGEST_STOP_MS)
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
      await sleep(20)
    }
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
