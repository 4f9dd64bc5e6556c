import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { emptyHome, examine, preload, temporaryHome } from '../support/app.ts'
import { startRaw, type RawServer } from '../support/clients.ts'

/** Longest time between the end of stdin and the end of the process, in milliseconds. */
const EXIT_MS = 4_000

/**
 * Makes a dependency that prints: while it loads, and from then on by a timer, with and without a line
 * end, by console and by stdout itself.
 */
const NOISY_DEPENDENCY = `
import { registerHooks } from 'node:module'
const noise = \`
console.log('noise of a dependency');
process.stdout.write('more noise without a line end');
setInterval(() => { console.info('tick'); process.stdout.write('tock') }, 3).unref();\`
registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    if (!/\\/zod\\/index\\.js$/.test(url)) return loaded
    return { ...loaded, source: loaded.source + noise }
  },
})`

const image = { name: 'generateImage', arguments: { prompt: 'a calm sea' } }

test('stdout carries JSON-RPC only, also while a dependency prints', async () => {
  using home = temporaryHome()
  await using server = startRaw(home, { fromSources: true, nodeArgs: preload(NOISY_DEPENDENCY) })
  await server.initialize()
  await server.request('tools/list')
  await server.request('tools/call', {
    ...image,
    _meta: { progressToken: 1 },
  })
  await server.request('tools/call', { name: 'checkUsage', arguments: {} })
  await sleep(50)
  await server.end()
  const strays = server.lines.filter((line) => !isJsonRpc(line))
  expect(strays.slice(0, 3)).toEqual([])
  expect(server.lines.length).toBeGreaterThanOrEqual(4)
  expect(await server.stderr).toContain('noise of a dependency')
})

test('a line that is no message breaks nothing', async () => {
  using home = temporaryHome()
  await using server = startRaw(home)
  server.process.stdin?.write('this is not JSON\n\n{"jsonrpc":"2.0"}\n[]\n')
  await server.initialize()
  const answer = await server.request('tools/call', { name: 'checkUsage', arguments: {} })
  expect(answer.result).toMatchObject({ structuredContent: { account: 'acct_local' } })
  expect(server.lines.filter((line) => !isJsonRpc(line))).toEqual([])
})

test('an unknown tool is an error of the protocol, and the server goes on', async () => {
  using home = temporaryHome()
  await using server = startRaw(home)
  await server.initialize()
  const unknown = await server.request('tools/call', { name: 'drawForFree', arguments: {} })
  expect(unknown.error?.code).toBe(-32602)
  expect((await server.request('tools/list')).result).toMatchObject({ tools: expect.any(Array) })
})

test('the file of a result is a resource here too', async () => {
  using home = temporaryHome()
  await using server = startRaw(home)
  await server.initialize()
  const made = await server.request('tools/call', image)
  const { structuredContent } = made.result as {
    structuredContent: { outputs: [{ assetId: string; path: string }] }
  }
  const [{ assetId, path }] = structuredContent.outputs
  const uri = `inkwell://assets/${assetId}`
  const { result } = await server.request('resources/read', { uri })
  const blob = readFileSync(path).toString('base64')
  expect(result).toMatchObject({ contents: [{ uri, mimeType: 'image/png', blob }] })
  const unknown = await server.request('resources/read', { uri: 'inkwell://assets/asset_0' })
  expect(unknown.error).toMatchObject({ message: expect.stringContaining('no file') })
})

test('a start, a handshake and a list of tools leave no trace on disk', async () => {
  using home = emptyHome()
  await using server = startRaw(home)
  await server.initialize()
  await server.request('tools/list')
  expect((await server.end()).code).toBe(0)
  // Clients start processes that they throw away: those must cost nothing and lock nothing.
  expect(existsSync(`${home.path}/test.db`)).toBe(false)
})

describe('the end of stdin', () => {
  test('ends an idle server at once', async () => {
    using home = temporaryHome()
    await using server = startRaw(home)
    await server.initialize()
    await server.request('tools/call', { name: 'checkUsage', arguments: {} })
    const { code, tookMs } = await server.end()
    expect(code).toBe(0)
    expect(tookMs).toBeLessThan(EXIT_MS)
  })

  test('lets short work end and be paid for, once', async () => {
    using home = temporaryHome()
    await using server = startRaw(home)
    await server.initialize()
    server.send({ id: 99, method: 'tools/call', params: { ...image, _meta: { progressToken: 1 } } })
    await firstProgress(server)
    const { code, tookMs } = await server.end()
    expect(code).toBe(0)
    expect(tookMs).toBeLessThan(EXIT_MS)
    expect(home.outputs()).toHaveLength(1)
    expect(await examine(home)).toMatchObject({ available: 4_950_000, held: 0, difference: null })
  })

  test('comes after everything asked before it: a script may pipe its calls in', async () => {
    using home = temporaryHome()
    await using server = startRaw(home)
    await server.initialize()
    const asked = [
      server.request('tools/call', image),
      server.request('tools/call', { name: 'checkUsage', arguments: {} }),
      server.request('resources/read', { uri: 'inkwell://usage' }),
    ]
    const answers = Promise.allSettled(asked)
    const { code, tookMs } = await server.end()
    expect(code).toBe(0)
    expect(tookMs).toBeLessThan(EXIT_MS)
    expect((await answers).map(({ status }) => status)).toEqual(asked.map(() => 'fulfilled'))
    expect(await examine(home)).toMatchObject({ available: 4_950_000, held: 0, difference: null })
  })

  test('does not wait for long work: its hold stays and no half file is left', async () => {
    using home = temporaryHome()
    await using server = startRaw(home)
    await server.initialize()
    const imageSize = { width: 4096, height: 4096 }
    const long = { prompt: 'a calm sea', numImages: 4, imageSize }
    server.send({
      id: 99,
      method: 'tools/call',
      params: { name: 'generateImage', arguments: long, _meta: { progressToken: 1 } },
    })
    await firstProgress(server)
    const { code, tookMs } = await server.end()
    expect(code).toBe(0)
    expect(tookMs).toBeLessThan(EXIT_MS)
    const { available, held, difference } = await examine(home)
    expect({ available, held, difference }).toEqual({
      available: 1_600_000,
      held: 3_400_000,
      difference: null,
    })
    expect(home.outputs()).toEqual([])
  })
})

test('a termination signal ends it as the end of stdin does', async () => {
  using home = temporaryHome()
  await using server = startRaw(home)
  await server.initialize()
  const exit = once(server.process, 'exit')
  const startedAt = performance.now()
  server.process.kill('SIGTERM')
  expect(await exit).toEqual([0, null])
  expect(performance.now() - startedAt).toBeLessThan(EXIT_MS)
})

test('progress reaches a client that asked for it, growing with each message, and no other', async () => {
  using home = temporaryHome()
  await using server = startRaw(home)
  await server.initialize()
  await server.request('tools/call', image)
  const noticesOf = () =>
    server.lines
      .map((line) => JSON.parse(line) as { method?: string; params?: Record<string, unknown> })
      .filter(({ method }) => method === 'notifications/progress')
  expect(noticesOf()).toEqual([])
  const four = { prompt: 'a calm sea', numImages: 4, imageSize: { width: 64, height: 64 } }
  await server.request('tools/call', {
    ...image,
    arguments: four,
    _meta: { progressToken: 'mine' },
  })
  const notices = noticesOf().map(({ params }) => params)
  expect(notices.length).toBeGreaterThan(0)
  expect(new Set(notices.map((params) => params?.progressToken))).toEqual(new Set(['mine']))
  const steps = notices.map((params) => Number(params?.progress))
  expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b))
})

test('a call that is cancelled before its work began costs nothing', async () => {
  using home = temporaryHome()
  await using server = startRaw(home)
  await server.initialize()
  const cancel = { method: 'notifications/cancelled', params: { requestId: 99, reason: 'test' } }
  server.send({ id: 99, method: 'tools/call', params: image })
  server.send(cancel)
  await server.request('tools/call', { name: 'checkUsage', arguments: {} })
  await server.end()
  const { available, held, difference } = await examine(home)
  // Whichever came first: the money and the file go together.
  expect({ held, difference }).toEqual({ held: 0, difference: null })
  expect(available).toBe(5_000_000 - 50_000 * home.outputs().length)
})

/** Work has begun: its hold stands. */
async function firstProgress({ lines }: RawServer): Promise<void> {
  while (!lines.some((line) => line.includes('notifications/progress'))) await sleep(5)
}

function isJsonRpc(line: string): boolean {
  try {
    return (JSON.parse(line) as { jsonrpc?: unknown }).jsonrpc === '2.0'
  } catch {
    return false
  }
}
