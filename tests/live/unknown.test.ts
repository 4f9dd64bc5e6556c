import { expect, test } from 'vitest'
import { query } from '../../src/db/db.ts'
import { startFalEmulator, type Fault, type Step } from '../services/fal/emulator.ts'
import { startFront, type FrontRule } from '../support/live-front.ts'
import {
  anHourLater,
  expired,
  LATER_MS,
  outcomeOf,
  paid,
  unknown,
} from '../support/live-outcomes.ts'
import { CHEAP, errorIn, FANNED, liveApp } from '../support/live.ts'

/** Breaks at the submit after which nobody here can know, and the jobs fal has begun. */
const ROWS: [what: string, fault: Fault, jobs: number][] = [
  ['reset before fal took it', { kind: 'reset' }, 0],
  ['reset after fal took it', { kind: 'reset', after: true }, 1],
  ['silent before fal took it', { kind: 'hang' }, 0],
  ['silent after fal took it', { kind: 'hang', after: true }, 1],
  ['a 500 before', { kind: 'serverError' }, 0],
  ['a 500 after', { kind: 'serverError', after: true }, 1],
  ['a 502 before', { kind: 'html', status: 502 }, 0],
  ['a 502 after', { kind: 'html', status: 502, after: true }, 1],
  ['a 503 after', { kind: 'html', status: 503, after: true }, 1],
  ['a 504 before', { kind: 'html', status: 504 }, 0],
  ['a 504 after', { kind: 'html', status: 504, after: true }, 1],
  ['a yes that cannot be read', { kind: 'malformed' }, 1],
  ['a yes that is null', { kind: 'nullBody' }, 1],
]

test.concurrent.each(ROWS)(
  'a submit that ends in %s is not repeated; its price is held until that expires',
  async (_, fault, jobs) => {
    await using live = await liveApp({
      emulator: { faults: [{ ...fault, times: Infinity }] },
      // Only silence needs an end. A slow machine would pass it before any other answer.
      ...(fault.kind === 'hang' && { deadlines: { requestMs: 300 } }),
    })
    expect(await outcomeOf(live, await live.call('generateImage', CHEAP))).toEqual(unknown(jobs))
    expect(await anHourLater(live)).toEqual(expired(jobs))
  },
)

const SUBMIT = { method: 'POST', path: /^\/queue\.fal\.run\// }
const yes = (body: unknown, type?: string): FrontRule => ({
  ...SUBMIT,
  answer: { status: 200, body, ...(type !== undefined && { type }) },
})
const FRONT: [what: string, rule: FrontRule, jobs: number][] = [
  ['a yes that breaks off', { ...SUBMIT, answer: 'cut' }, 1],
  ['a yes without a request id', yes({ status: 'IN_QUEUE' }), 0],
  ['a yes with an id that is a path', yes({ request_id: '../../../other/app' }), 0],
  ['a yes with an id that is a number', yes({ request_id: 12_345_678 }), 0],
  ['a web page', yes('<html>Just a moment...</html>', 'text/html'), 0],
]

test.concurrent.each(FRONT)(
  'a submit that ends in %s is not repeated either',
  async (_, rule, jobs) => {
    await using fal = await startFalEmulator()
    await using front = await startFront(fal.url, [rule])
    await using live = await liveApp({ fal, baseUrl: front.url })
    expect(await outcomeOf(live, await live.call('generateImage', CHEAP))).toEqual(unknown(jobs))
    expect(await anHourLater(live)).toEqual(expired(jobs))
  },
)

test('a call of unknown outcome is told again to its key, and free again once it has expired', async () => {
  const faults = [{ kind: 'reset', after: true }] as const
  await using live = await liveApp({ emulator: { faults } })
  const args = { ...CHEAP, idempotencyKey: 'fox' }
  const first = errorIn(await live.call('generateImage', args))
  const second = errorIn(await live.call('generateImage', args))
  expect([first?.code, second?.code]).toEqual(['upstream_unavailable', 'upstream_unavailable'])
  expect(first?.hint).toMatch(/price is held .* 15 minutes at most/)
  expect(live.fal.jobs).toHaveLength(1)
  const [listed] = await live.app.db.read(() =>
    query((db) => db.selectFrom('generation').select('id')),
  )
  const told = await live.call('getGeneration', { id: listed?.id })
  expect(told.structured).toMatchObject({
    status: 'unknown',
    error: { code: 'upstream_unavailable', charged: { micro: 0 } },
  })
  expect(told.text).toMatch(/ is in doubt and cost nothing: /)
  await using later = await liveApp({
    fal: live.fal,
    home: live.home,
    now: () => Date.now() + LATER_MS,
  })
  expect((await later.call('generateImage', args)).isError).toBe(false)
  expect(await later.books()).toMatchObject({ spent: 3_000, held: 0, difference: null })
})

test('a call told as failed is not charged later, though one of its jobs is known to fal and done', async () => {
  const faults: Step[] = [
    { kind: 'pass', at: 'submit' },
    { kind: 'reset', after: true },
    { kind: 'malformed', at: 'result', times: 3 },
  ]
  await using live = await liveApp({ emulator: { faults } })
  const answer = await live.call('generateImage', { ...FANNED, numImages: 2 })
  expect(errorIn(answer)).toMatchObject({ code: 'upstream_unavailable', charged: { micro: 0 } })
  expect(await anHourLater(live)).toEqual(expired(2))
})

test('a connection that was never made is tried again, and the job is sent once', async () => {
  await using fal = await startFalEmulator()
  const { port } = new URL(fal.url)
  await using nobody = await startFront(fal.url, [])
  const closed = nobody.url
  await nobody[Symbol.asyncDispose]()
  await using live = await liveApp({ fal, baseUrl: closed })
  const answer = live.call('generateImage', CHEAP)
  await using back = await startFront(`http://127.0.0.1:${port}`, [], Number(new URL(closed).port))
  expect(back.url).toBe(closed)
  expect(await outcomeOf(live, await answer)).toEqual(paid({ cost: 3_000 }))
})
