import { expect, test } from 'vitest'
import { examine, type Home } from '../support/app.ts'
import { connectV2, startRaw } from '../support/clients.ts'
import { startFalEmulator, type FalEmulator } from '../services/fal/emulator.ts'
import { CHEAP, costIn, GRANT, liveApp, liveHome, type LiveApp } from '../support/live.ts'
import { until } from '../generations/paid-app.ts'
import { answerOf } from '../tools/support.ts'

const MINUTE = 60_000
const PRICE = 3_000

/** The work takes long enough for a client to lose patience. */
const slowly = { emulator: { queueMs: 0, runMs: 600 } }

/** Calls, and leaves once fal works on it. */
async function callAndLeave(live: LiveApp): Promise<void> {
  const giveUp = new AbortController()
  const asked = live.call('generateImage', CHEAP, { signal: giveUp.signal })
  await until(() => live.fal.jobs.some(({ state }) => state === 'IN_PROGRESS'))
  giveUp.abort()
  await asked
}

/** Calls a server, and kills it once fal works on it. */
async function callAndKill(fal: FalEmulator, home: Home, args: object): Promise<void> {
  const server = startRaw(home)
  await server.initialize()
  server.process.stdin?.write(
    `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"generateImage","arguments":${JSON.stringify(args)}}}\n`,
  )
  await until(() => fal.jobs.some(({ polls }) => polls > 0))
  server.process.kill('SIGKILL')
  await server[Symbol.asyncDispose]()
}

const joined = { status: 'completed', replayed: true, cost: { micro: PRICE } }
const made = { status: 'completed', replayed: false, cost: { micro: PRICE } }

test('a call whose client left is joined by the same call: one job, one charge, the image in the second answer', async () => {
  await using live = await liveApp(slowly)
  await callAndLeave(live)
  const again = await live.call('generateImage', { ...CHEAP, preview: true, maxCostUsd: 1 })
  expect(again.structured).toMatchObject(joined)
  expect(again.structured['outputs']).toHaveLength(1)
  expect(again.text).toContain('"type":"image"')
  expect(live.fal.jobs).toHaveLength(1)
  expect(await live.books()).toMatchObject({ spent: PRICE, held: 0, difference: null })
})

test('an answer that was heard is not joined: the same call makes another', async () => {
  await using live = await liveApp()
  for (const _ of [1, 2]) {
    expect((await live.call('generateImage', CHEAP)).structured).toMatchObject(made)
  }
  await callAndLeave(live)
  expect((await live.call('generateImage', CHEAP)).structured).toMatchObject(joined)
  expect((await live.call('generateImage', CHEAP)).structured).toMatchObject(made)
  expect(live.fal.jobs).toHaveLength(4)
})

test('two calls at once are two wishes', async () => {
  await using live = await liveApp(slowly)
  const answers = await Promise.all([1, 2].map(() => live.call('generateImage', CHEAP)))
  expect(answers.map(({ structured }) => structured['replayed'])).toEqual([false, false])
  expect(live.fal.jobs).toHaveLength(2)
})

test('a call that was answered with running is joined, until its result was fetched', async () => {
  await using live = await liveApp(slowly)
  const first = await live.call('generateImage', CHEAP, { maxWaitMs: 50 })
  expect(first.structured['status']).toBe('running')
  const second = await live.call('generateImage', CHEAP)
  expect(second.structured).toMatchObject({ ...joined, id: first.structured['id'] })

  const third = await live.call('generateImage', CHEAP, { maxWaitMs: 50 })
  const { id } = third.structured
  const fetched = await live.call('getGeneration', { id })
  expect(fetched.structured).toMatchObject({ status: 'completed', id })
  expect(fetched.text).toContain('"type":"image"')
  expect((await live.call('generateImage', CHEAP)).structured).toMatchObject(made)
  expect(live.fal.jobs).toHaveLength(3)
  expect(await live.books()).toMatchObject({ spent: 3 * PRICE, held: 0, difference: null })
})

test('waitSeconds 0 begins the work and answers with its id; the same again begins another', async () => {
  await using live = await liveApp(slowly)
  const ids: unknown[] = []
  for (const _ of [1, 2]) {
    const { structured } = await live.call('generateImage', { ...CHEAP, waitSeconds: 0 })
    expect(structured['status']).toBe('running')
    ids.push(structured['id'])
  }
  const ends = await Promise.all(ids.map((id) => live.call('getGeneration', { id })))
  expect(ends.map(({ structured }) => structured['status'])).toEqual(['completed', 'completed'])
  expect(new Set(ids).size).toBe(2)
  expect(live.fal.jobs).toHaveLength(2)
})

test.each([
  [9 * MINUTE, 'joined', 1],
  [11 * MINUTE, 'made anew', 2],
])('%i ms after its end a lost answer is %s', async (later, outcome, jobs) => {
  let ahead = 0
  await using live = await liveApp({ ...slowly, now: () => Date.now() + ahead })
  await callAndLeave(live)
  await live.app.drain(5_000)
  ahead = later
  const { structured } = await live.call('generateImage', CHEAP)
  expect(structured['replayed']).toBe(outcome === 'joined')
  expect(live.fal.jobs).toHaveLength(jobs)
})

test.each([
  ['another prompt', { prompt: 'another fox' }],
  ['another size', { imageSize: { width: 64, height: 72 } }],
  ['an idempotencyKey', { idempotencyKey: 'k' }],
])('%s is another call, which joins nothing', async (_, other) => {
  await using live = await liveApp(slowly)
  await callAndLeave(live)
  expect((await live.call('generateImage', { ...CHEAP, ...other })).structured).toMatchObject(made)
  expect(live.fal.jobs).toHaveLength(2)
})

test('a call that was cancelled early enough to be released is nothing to join', async () => {
  await using live = await liveApp({ emulator: { queueMs: 60_000 } })
  const giveUp = new AbortController()
  const asked = live.call('generateImage', CHEAP, { signal: giveUp.signal })
  await until(() => live.fal.jobs.length === 1)
  giveUp.abort()
  expect((await asked).structured['error']).toMatchObject({ code: 'cancelled' })
  const again = await live.call('generateImage', CHEAP, { maxWaitMs: 50 })
  expect(again.structured).toMatchObject({ status: 'running', replayed: false })
  expect(live.fal.jobs).toHaveLength(2)
})

test('a failed call is not joined', async () => {
  await using live = await liveApp({ emulator: { faults: [{ kind: 'modelError' }] } })
  const giveUp = new AbortController()
  giveUp.abort()
  await live.call('generateImage', CHEAP, { signal: giveUp.signal })
  expect((await live.call('generateImage', CHEAP)).isError).toBe(true)
  expect(costIn(await live.call('generateImage', CHEAP))).toBe(PRICE)
})

test('what a killed server had in hand is joined through the next one', async () => {
  await using fal = await startFalEmulator({ queueMs: 0, runMs: 1_500 })
  using home = liveHome(fal)
  await callAndKill(fal, home, CHEAP)
  {
    await using later = await liveApp({
      fal,
      home: home.path,
      env: home.env,
      now: () => Date.now() + MINUTE, // its lease has run out
    })
    const { structured } = await later.call('generateImage', CHEAP)
    expect(structured).toMatchObject(joined)
  }
  expect([fal.jobs.length, fal.charges.length]).toEqual([1, 1])
  const { available, held, difference } = await examine(home)
  expect([GRANT - available, held, difference]).toEqual([PRICE, 0, null])
})

test('a name for its file outlives the process that was to save it, and the call that joins it does not change it', async () => {
  await using fal = await startFalEmulator({ queueMs: 0, runMs: 1_500 })
  using home = liveHome(fal)
  await callAndKill(fal, home, { ...CHEAP, saveAs: 'site/hero' })
  const now = () => Date.now() + MINUTE // its lease has run out
  await using later = await liveApp({ fal, home: home.path, env: home.env, now })
  const { structured } = await later.call('generateImage', { ...CHEAP, saveAs: 'other' })
  expect(structured).toMatchObject({
    ...joined,
    outputs: [{ path: expect.stringMatching(/[\\/]site[\\/]hero\.\w+$/) }],
    adjusted: [expect.stringContaining('keep their names')],
  })
  expect(home.outputs()).toEqual(['site'])
})

test('the first message of progress names the generation', async () => {
  await using fal = await startFalEmulator()
  using home = liveHome(fal)
  await using client = await connectV2(home)
  const notices: (string | undefined)[] = []
  const result = await client.call('generateImage', CHEAP, ({ message }) => notices.push(message))
  expect(notices[0]).toContain((answerOf(result) as { id: string }).id)
})
