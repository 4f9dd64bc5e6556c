import { expect, test } from 'vitest'
import type { ErrorCode } from '../../src/errors.ts'
import type { Fault } from '../services/fal/emulator.ts'
import { startFront, type FrontRule } from '../support/live-front.ts'
import { failed, outcomeOf } from '../support/live-outcomes.ts'
import { CHEAP, errorIn, liveApp } from '../support/live.ts'
import { startFalEmulator } from '../services/fal/emulator.ts'

/** How fal fails, the code an agent gets for it, and how many jobs fal had begun. */
type Row = [what: string, fault: Fault, code: ErrorCode, jobs: number]

const refusal = (type: string, status?: number): Fault =>
  ({ kind: 'modelError', type, ...(status !== undefined && { status }) }) as Fault

const ROWS: Row[] = [
  ['a locked account', { kind: 'locked' }, 'upstream_balance_exhausted', 0],
  ['a refusal by content policy', refusal('content_policy_violation'), 'content_refused', 1],
  ['a refusal that fal bills', { kind: 'modelError', billed: true }, 'content_refused', 1],
  ['no media', refusal('no_media_generated'), 'no_output', 1],
  ['an image too small', refusal('image_too_small'), 'input_unreadable', 1],
  ['an image too large', refusal('image_too_large'), 'input_unreadable', 1],
  ['an image that does not load', refusal('image_load_error'), 'input_unreadable', 1],
  ['an image that does not download', refusal('file_download_error'), 'input_unreadable', 1],
  ['a file too large', refusal('file_too_large'), 'input_unreadable', 1],
  ['an image of an unknown kind', refusal('unsupported_image_format'), 'input_unreadable', 1],
  ['no face', refusal('face_detection_error'), 'input_unreadable', 1],
  ['a feature the model lacks', refusal('feature_not_supported'), 'upstream_rejected', 1],
  ['a text too long', refusal('sequence_too_long'), 'upstream_rejected', 1],
  ['a broken model', refusal('internal_server_error', 500), 'upstream_unavailable', 1],
  ['a broken service', refusal('downstream_service_error', 500), 'upstream_unavailable', 1],
  [
    'a job that completed with an error',
    { kind: 'completedWithError', status: 500, errorType: 'runner_server_error' },
    'upstream_unavailable',
    1,
  ],
  ['a 500 at the result', { kind: 'serverError', at: 'result' }, 'upstream_unavailable', 1],
  ['a result that is null', { kind: 'nullBody', at: 'result' }, 'no_output', 1],
  [
    'results that cannot be read',
    { kind: 'malformed', at: 'result', times: Infinity },
    'upstream_unavailable',
    1,
  ],
  [
    'statuses that cannot be read',
    { kind: 'malformed', at: 'status', times: Infinity },
    'upstream_unavailable',
    1,
  ],
  ['a result without images', { kind: 'noImages' }, 'no_output', 1],
  [
    'a file on a foreign host',
    { kind: 'foreignFile', url: 'https://evil.example/a.png' },
    'upstream_rejected',
    1,
  ],
  [
    'a file on a host that sounds like it',
    { kind: 'foreignFile', url: 'https://evilfal.media/a.png' },
    'upstream_rejected',
    1,
  ],
  [
    'a file over plain http',
    { kind: 'foreignFile', url: 'http://v3.fal.media/a.png' },
    'upstream_rejected',
    1,
  ],
  [
    'a file of this machine',
    { kind: 'foreignFile', url: 'file:///etc/passwd' },
    'upstream_rejected',
    1,
  ],
  ['an address that is none', { kind: 'foreignFile', url: 'not an address' }, 'no_output', 1],
  ['a web page instead of a file', { kind: 'htmlFile', times: Infinity }, 'no_output', 1],
  ['a file that breaks off', { kind: 'truncated', times: Infinity }, 'no_output', 1],
  ['a file that has expired', { kind: 'expired' }, 'no_output', 1],
  ['a file that is elsewhere', { kind: 'redirect', times: Infinity }, 'no_output', 1],
  ['a file that never comes', { kind: 'hang', at: 'file', times: Infinity }, 'no_output', 1],
  [
    'a file server that is down',
    { kind: 'serverError', at: 'file', times: Infinity },
    'no_output',
    1,
  ],
  ['outputs that are all flagged', { kind: 'nsfw' }, 'content_refused', 1],
  ['a job stuck in the queue', { kind: 'stuck', in: 'IN_QUEUE' }, 'upstream_timeout', 1],
  ['a job stuck at work', { kind: 'stuck' }, 'upstream_timeout', 1],
  ['a status nobody knows', { kind: 'statusWord', word: 'FAILED' }, 'upstream_timeout', 1],
  [
    'silence at every status',
    { kind: 'hang', at: 'status', times: Infinity },
    'upstream_timeout',
    1,
  ],
  ['silence at the result', { kind: 'hang', at: 'result', times: Infinity }, 'upstream_timeout', 1],
]

/** Short, so that what never ends ends. Anything else would meet them on a slow machine. */
const deadlines = { requestMs: 400, fileMs: 300, imageMs: 600 }
const isEndless = (fault: Fault): boolean =>
  fault.times === Infinity || ['hang', 'stuck', 'statusWord'].includes(fault.kind)

test.concurrent.each(ROWS)('%s costs nothing', async (_, fault, code, jobs) => {
  const emulator = { faults: [fault] }
  await using live = await liveApp({ emulator, ...(isEndless(fault) && { deadlines }) })
  expect(await outcomeOf(live, await live.call('generateImage', CHEAP))).toEqual(failed(code, jobs))
})

/** What the emulator has no fault for, said in fal's place. */
const SUBMIT = { method: 'POST', path: /^\/queue\.fal\.run\// }
const STATUS = { method: 'GET', path: /\/status/ }
const saying = (detail: string) => ({ status: 403, body: { detail } })
const TOLD: [what: string, rule: FrontRule, code: ErrorCode, jobs: number][] = [
  [
    'a model that is not allowed',
    { ...SUBMIT, answer: saying('Forbidden') },
    'upstream_rejected',
    0,
  ],
  [
    'an account without funds',
    { ...SUBMIT, answer: saying('User is locked. Reason: TOP_UP.') },
    'upstream_balance_exhausted',
    0,
  ],
  [
    'a 403 that is a page',
    { ...SUBMIT, answer: { status: 403, body: '<html>', type: 'text/html' } },
    'upstream_rejected',
    0,
  ],
  [
    'an endpoint that is gone',
    { ...SUBMIT, answer: { status: 404, body: { detail: 'Application not found' } } },
    'model_gone',
    0,
  ],
  [
    'a request fal finds wrong',
    { ...SUBMIT, answer: { status: 400, body: { detail: 'bad' } } },
    'upstream_rejected',
    0,
  ],
  [
    'a schema error at submit',
    { ...SUBMIT, answer: { status: 422, body: { detail: [{ loc: ['body'], type: 'missing' }] } } },
    'upstream_rejected',
    0,
  ],
  [
    'a job fal has forgotten',
    { ...STATUS, answer: { status: 404, body: { status: 'NOT_FOUND' } } },
    'no_output',
    1,
  ],
]

test.concurrent.each(TOLD)('%s costs nothing', async (_, rule, code, jobs) => {
  await using fal = await startFalEmulator()
  await using front = await startFront(fal.url, [rule])
  await using live = await liveApp({ fal, baseUrl: front.url, deadlines })
  expect(await outcomeOf(live, await live.call('generateImage', CHEAP))).toEqual(failed(code, jobs))
})

test('a 401 is told as a matter of the key, to its owner', async () => {
  await using live = await liveApp({ key: 'wrong-key:1' })
  const answer = await live.call('generateImage', CHEAP)
  expect(await outcomeOf(live, answer)).toEqual(failed('upstream_rejected', 0))
  expect(errorIn(answer)?.hint).toMatch(/Tell the operator.* FAL_KEY holds it/)
  await using own = await liveApp({ key: 'wrong-key:1', ownKey: true })
  const { hint } = errorIn(await own.call('generateImage', CHEAP)) ?? {}
  expect(hint).toMatch(/INKWELL_FAL_KEY holds it/)
})

test('an exhausted account is told to its owner, and to others as the operator’s', async () => {
  const emulator = { faults: [{ kind: 'locked' }] } as const
  await using live = await liveApp({ emulator })
  const operators = errorIn(await live.call('generateImage', CHEAP))
  expect(operators?.message).toContain('operator')
  expect(operators?.hint).toContain('your credits are untouched')
  await using own = await liveApp({ emulator, ownKey: true })
  const users = errorIn(await own.call('generateImage', CHEAP))
  expect(users?.message).toContain('Your own fal.ai account')
  expect(users?.hint).toContain('fal.ai/dashboard/billing')
})

test('an input that only fal finds wrong costs nothing', async () => {
  await using live = await liveApp()
  const input = { prompt: 'a fox', model_name: 'acme/sdxl', scheduler: 'nobody knows this' }
  const answer = await live.call('run', { model: 'fal-ai/lora', input })
  expect(await outcomeOf(live, answer)).toEqual(failed('upstream_rejected', 1))
  expect(live.fal.jobs[0]?.ending).toBe('invalid')
})

test('an endpoint that only its result shows to be gone costs nothing', async () => {
  await using live = await liveApp()
  const answer = await live.call('generateImage', { ...CHEAP, model: 'fal-ai/nothing/here' })
  expect(await outcomeOf(live, answer)).toEqual(failed('model_gone', 1))
})

test('an endpoint that is not there names the listed one that was probably meant', async () => {
  await using live = await liveApp()
  const answer = await live.call('generateImage', { ...CHEAP, model: 'fal-ai/flux/schnel' })
  expect(errorIn(answer)).toMatchObject({
    code: 'model_gone',
    hint: expect.stringContaining('Did you mean "fal-ai/flux/schnell"?'),
  })
})

test('a job that waits too long is cancelled at fal, which bills nothing', async () => {
  const faults = [{ kind: 'stuck', in: 'IN_QUEUE' }] as const
  await using live = await liveApp({ emulator: { faults }, deadlines })
  expect(await outcomeOf(live, await live.call('generateImage', CHEAP))).toEqual(
    failed('upstream_timeout', 1),
  )
  expect(live.fal.jobs[0]?.ending).toBe('cancelled')
  expect(live.fal.charges).toEqual([])
})

test('a key that failed may be used again, and is charged once', async () => {
  await using live = await liveApp({ emulator: { faults: [{ kind: 'locked' }] } })
  const args = { ...CHEAP, idempotencyKey: 'fox' }
  expect((await live.call('generateImage', args)).isError).toBe(true)
  expect((await live.call('generateImage', args)).isError).toBe(false)
  const { structured } = await live.call('generateImage', args)
  expect(structured['replayed']).toBe(true)
  expect(live.fal.jobs).toHaveLength(1)
  expect(await live.books()).toMatchObject({ held: 0, spent: 3_000, difference: null })
})
