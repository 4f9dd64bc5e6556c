import { afterAll, expect, test } from 'vitest'
import type { ErrorCode } from '../../src/errors.ts'
import { startFalEmulator, type Fault, type Stage } from '../services/fal/emulator.ts'
import { hurryFalClient } from '../support/live-haste.ts'
import { failed, outcomeOf } from '../support/live-outcomes.ts'
import { CHEAP, liveApp } from '../support/live.ts'

const hurry = hurryFalClient()
afterAll(() => hurry[Symbol.dispose]())

type At = Extract<Stage, 'status' | 'result'>
const down = (status: 502 | 503 | 504, at: At): Fault => ({ kind: 'html', status, at })

/** Outages that last. The client of fal tries four times in 7 s, at a status six times in 31 s. */
const ROWS: [what: string, fault: Fault, code: ErrorCode, jobs: number][] = [
  ['429 at every submit', { kind: 'tooMany' }, 'upstream_unavailable', 0],
  ['500 at every status', { kind: 'serverError', at: 'status' }, 'upstream_unavailable', 1],
  ['502 at every status', down(502, 'status'), 'upstream_unavailable', 1],
  ['503 at every status', down(503, 'status'), 'upstream_unavailable', 1],
  ['504 at every status', down(504, 'status'), 'upstream_timeout', 1],
  ['429 at every status', { kind: 'tooMany', at: 'status' }, 'upstream_unavailable', 1],
  ['a reset at every status', { kind: 'reset', at: 'status' }, 'upstream_unavailable', 1],
  ['502 at every result', down(502, 'result'), 'upstream_unavailable', 1],
  ['503 at every result', down(503, 'result'), 'upstream_unavailable', 1],
  ['504 at every result', down(504, 'result'), 'upstream_timeout', 1],
  ['429 at every result', { kind: 'tooMany', at: 'result' }, 'upstream_unavailable', 1],
  ['a reset at every result', { kind: 'reset', at: 'result' }, 'upstream_unavailable', 1],
  ['a runner that disconnected', { kind: 'completedWithError' }, 'upstream_unavailable', 1],
  [
    'a start that took too long',
    { kind: 'completedWithError', status: 504, errorType: 'startup_timeout' },
    'upstream_timeout',
    1,
  ],
  [
    'a generation that took too long',
    { kind: 'modelError', status: 504, type: 'generation_timeout' },
    'upstream_timeout',
    1,
  ],
]

test.concurrent.each(ROWS)(
  '%s costs nothing and begins no second job',
  async (_, fault, code, jobs) => {
    const faults = [{ ...fault, times: Infinity } as Fault]
    await using live = await liveApp({ emulator: { faults } })
    expect(await outcomeOf(live, await live.call('generateImage', CHEAP))).toEqual(
      failed(code, jobs),
    )
  },
)

test('a fal that cannot be reached at all costs nothing', async () => {
  const fal = await startFalEmulator()
  await fal[Symbol.asyncDispose]()
  await using live = await liveApp({ fal })
  expect(await outcomeOf(live, await live.call('generateImage', CHEAP))).toEqual(
    failed('upstream_unavailable', 0),
  )
  expect(fal.requests).toEqual([])
})
