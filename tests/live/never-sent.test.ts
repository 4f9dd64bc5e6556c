import { execFile } from 'node:child_process'
import dns from 'node:dns'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, test, vi } from 'vitest'
import type { ErrorCode } from '../../src/errors.ts'
import { startFalEmulator, type Fault } from '../services/fal/emulator.ts'
import { startFront, type FrontRule } from '../support/live-front.ts'
import { hurryFalClient } from '../support/live-haste.ts'
import { failed, outcomeOf, paid, unknown } from '../support/live-outcomes.ts'
import { CHEAP, GRANT, liveApp } from '../support/live.ts'
import { UNREACHABLE } from '../support/unreachable.ts'

const hurry = hurryFalClient()
afterAll(() => hurry[Symbol.dispose]())

/** Tries of fal's client for a submit that has surely not begun. */
const TRIES = 4

test.concurrent.each(Object.entries(UNREACHABLE))(
  '%s: the call is tried again, and its hold is released at once',
  async (_, open) => {
    await using fal = await startFalEmulator()
    await using nobody = await open()
    await using live = await liveApp({ fal, baseUrl: nobody.url })
    const answer = await live.call('generateImage', CHEAP)
    expect(await outcomeOf(live, answer)).toEqual(failed('upstream_unavailable', 0))
    expect(nobody.tries?.() ?? TRIES).toBe(TRIES)
    expect(live.lines).toContainEqual(expect.objectContaining({ event: 'generation.failed' }))
  },
)

test('a name with several addresses of which none answers is released at once too', async () => {
  await using fal = await startFalEmulator()
  await using nobody = await UNREACHABLE['a port that nobody listens on']?.()
  const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }))
  const lookup = vi.spyOn(dns, 'lookup')
  lookup.mockImplementation(((...[, , answer]: [string, object, (...all: unknown[]) => void]) =>
    answer(null, addresses)) as unknown as typeof dns.lookup)
  try {
    const baseUrl = `http://fal.test:${new URL(nobody?.url ?? '').port}`
    await using live = await liveApp({ fal, baseUrl })
    const answer = await live.call('generateImage', CHEAP)
    expect(await outcomeOf(live, answer)).toEqual(failed('upstream_unavailable', 0))
    expect(lookup).toHaveBeenCalledTimes(TRIES)
  } finally {
    lookup.mockRestore()
  }
})

/** Runs two calls in a process that may open few files: the first is of unknown outcome, the second has none left. */
async function withoutDescriptors(...args: string[]): Promise<unknown> {
  const script = fileURLToPath(new URL('../support/out-of-descriptors.ts', import.meta.url))
  const limited = 'ulimit -n 128 && exec "$0" "$@"'
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    limited,
    process.execPath,
    script,
    ...args,
  ])
  return JSON.parse(stdout)
}

const HELD = { held: 3_000, difference: null }

test(
  'a process out of file descriptors: its hold is released at once',
  { timeout: 60_000 },
  async () => {
    expect(await withoutDescriptors()).toMatchObject({
      code: 'upstream_unavailable',
      charged: 0,
      jobs: 0,
      books: { ...HELD, available: GRANT - 3_000, holds: ['held', 'released'] },
    })
  },
)

test(
  'a process out of file descriptors for a moment: the job is sent once and charged once',
  { timeout: 60_000 },
  async () => {
    expect(await withoutDescriptors('moment')).toMatchObject({
      code: null,
      charged: 3_000,
      jobs: 1,
      books: { ...HELD, available: GRANT - 6_000, holds: ['held', 'captured'] },
    })
  },
)

const GATEWAY: Fault = { kind: 'html', status: 503 }

test('a gateway that has no server for a submit is asked again, and its hold is released at once', async () => {
  await using live = await liveApp({ emulator: { faults: [{ ...GATEWAY, times: Infinity }] } })
  expect(await outcomeOf(live, await live.call('generateImage', CHEAP))).toEqual(
    failed('upstream_unavailable', 0),
  )
  expect(live.fal.injected).toHaveLength(TRIES)
})

test('a gateway that has none for a moment costs one job and one charge', async () => {
  await using live = await liveApp({ emulator: { faults: [{ ...GATEWAY, times: 3 }] } })
  expect(await outcomeOf(live, await live.call('generateImage', CHEAP))).toEqual(
    paid({ cost: 3_000 }),
  )
  expect(live.fal.charges).toHaveLength(1)
})

const SUBMIT = { method: 'POST', path: /^\/queue\.fal\.run\// }
const NGINX = '<hr><center>nginx/1.27</center>\r\n</body>\r\n</html>\r\n'
const rule = (status: number, body: object | string): FrontRule => ({
  ...SUBMIT,
  answer: { status, body, type: typeof body === 'string' ? 'text/html' : 'application/json' },
})

/** Answers to a submit, and the code where they prove that fal has not begun. */
const ANSWERS: [what: string, rule: FrontRule, code: ErrorCode | null][] = [
  ['a redirect', rule(302, ''), 'upstream_unavailable'],
  ['a 405', rule(405, { detail: 'Method Not Allowed' }), 'upstream_rejected'],
  ['a 429 at every try', rule(429, { detail: 'Too many requests' }), 'upstream_unavailable'],
  ['a 503 of a gateway that names its version', rule(503, NGINX), 'upstream_unavailable'],
  ['a 408', rule(408, { detail: 'Request Timeout' }), null],
  ['a 409', rule(409, { detail: 'Conflict' }), null],
  ['a 503 of fal itself', rule(503, { detail: 'no runner: nginx' }), null],
  ['a 503 that is empty', rule(503, ''), null],
  ['a 502 of the gateway', rule(502, NGINX), null],
  ['a 504 of the gateway', rule(504, NGINX), null],
  ['a 500 with the page of the gateway', rule(500, NGINX), null],
]

test.concurrent.each(ANSWERS)('%s', async (_, answered, code) => {
  await using fal = await startFalEmulator()
  await using front = await startFront(fal.url, [answered])
  await using live = await liveApp({ fal, baseUrl: front.url })
  expect(await outcomeOf(live, await live.call('generateImage', CHEAP))).toEqual(
    code === null ? unknown(0) : failed(code, 0),
  )
})
