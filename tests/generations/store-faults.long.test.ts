import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { KEYS, startSwift, type Swift } from '../support/swift.ts'
import { storeProxy, type StoreProxy, type Weather } from '../support/store-proxy.ts'
import { idOf, look, within } from '../support/full-disk.ts'
import { CHEAP, errorIn, GRANT, liveApp, outputsOf, type LiveApp } from '../support/live.ts'

let swift: Swift
let proxy: StoreProxy

beforeAll(async () => {
  swift = await startSwift()
  proxy = await storeProxy(swift.origin)
})

afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  await swift[Symbol.asyncDispose]()
})

let buckets = 0

/** An app whose files go to a bucket of its own, through the proxy. */
async function opened(emulator = { runMs: 300 }): Promise<LiveApp> {
  proxy.weather = 'fair'
  const store = await swift.bucket(`faults-${(buckets += 1)}`, proxy.origin)
  return await liveApp({ env: { ...KEYS, INKWELL_OUTPUT_STORE: store }, emulator })
}

async function hashOf(url: string): Promise<string> {
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer())
  return createHash('sha256').update(bytes).digest('hex')
}

const SPENT_ONCE = { available: GRANT - 3_000, held: 0, spent: 3_000, holds: ['captured'] }

test.each(['down', 'failing', 'half', 'slow'] satisfies Weather[])(
  'where the store is %s as work ends, nothing is lost, and it is charged once when it is stored',
  async (weather) => {
    await using live = await opened()
    const call = live.call('generateImage', CHEAP)
    await within(20_000, () => live.fal.jobs[0] !== undefined && live.fal.jobs[0].polls > 0)
    proxy.weather = weather
    const answer = await call
    const isStored = weather === 'slow'
    const status = isStored ? 'completed' : 'running'
    expect(answer).toMatchObject({ isError: false, structured: { status } })
    expect((await live.books()).spent).toBe(isStored ? 3_000 : 0)
    expect(JSON.stringify(answer).includes('wait')).toBe(!isStored)
    const id = idOf(answer)
    proxy.weather = 'fair'
    await within(60_000, async () => (await look(live, id)).structured['status'] === 'completed')
    const [output] = outputsOf(await look(live, id)) as unknown as { url: string; sha256: string }[]
    expect(output).toMatchObject({ path: null, uri: expect.stringMatching(/^inkwell:/) as unknown })
    expect(await hashOf(output?.url ?? '')).toBe(output?.sha256)
    expect(await live.books()).toMatchObject({ ...SPENT_ONCE, difference: null })
    expect(live.fal.charges).toHaveLength(1)
  },
)

test('while the store is down no work begins, readers are told to come back, and nothing is charged', async () => {
  await using live = await opened()
  const made = await live.call('generateImage', CHEAP)
  const [output] = outputsOf(made)
  proxy.weather = 'down'
  for (const [tool, args] of [
    ['viewImage', { id: output?.assetId, maxSize: 300 }],
    ['removeBackground', { image: output?.assetId }],
  ] as const)
    expect(errorIn(await live.call(tool, args))).toMatchObject({
      code: 'ledger_unavailable',
      hint: expect.stringContaining('need not be made again') as unknown,
    })
  // What was known to work counts for ten seconds.
  await within(20_000, async () => {
    const refused = await live.app.generations.diskSpace
      .assertFits(1)
      .catch((error: unknown) => error)
    return refused !== undefined
  })
  expect(errorIn(await live.call('generateImage', CHEAP))?.code).toBe('ledger_unavailable')
  expect(live.fal.jobs).toHaveLength(1)
  expect(await live.books()).toMatchObject({ ...SPENT_ONCE, difference: null })
  proxy.weather = 'fair'
  expect((await live.call('viewImage', { id: output?.assetId })).isError).toBe(false)
})

test('the picture of a result is made once, and then read', async () => {
  await using live = await opened()
  const made = await live.call('generateImage', CHEAP)
  proxy.passed.length = 0
  await look(live, idOf(made))
  await look(live, idOf(made))
  expect(proxy.passed).toEqual(['GET 404', 'GET 200', 'PUT 200', 'GET 200'])
})

test('an object that is lost comes back from fal, and where fal lost it too, it is an alarm', async () => {
  await using live = await opened()
  const [output] = outputsOf(await live.call('generateImage', CHEAP)) as unknown as [
    { assetId: string; url: string; sha256: string },
  ]
  const { store } = live.app.generations.files
  const lose = () => store.remove(store.pathOf(output.url) ?? '')
  const view = () => live.call('viewImage', { id: output.assetId, maxSize: 300 })
  await lose()
  expect((await view()).isError).toBe(false)
  expect(await hashOf(output.url)).toBe(output.sha256)
  expect(await live.books()).toMatchObject({ ...SPENT_ONCE, difference: null })
  await lose()
  live.fal.expireFiles()
  expect(errorIn(await view())).toMatchObject({ code: 'not_found' })
  expect(live.lines.at(-1)?.event).toBe('file.lost')
})
