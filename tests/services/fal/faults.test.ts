import { expect, test } from 'vitest'
import { startFalEmulator, type Fault, type Step } from './emulator.ts'
import { call, run, SCHNELL, submit, type Reply } from './client.ts'

/** The error of a connection that breaks. */
const BROKEN = /fetch failed|terminated/

test.each<{ fault: Fault; leads: [number, number]; sign: (reply: Reply) => unknown }>([
  {
    fault: { kind: 'html', status: 502 },
    leads: [502, 0],
    sign: ({ headers }) => headers.get('content-type') === 'text/html',
  },
  {
    fault: { kind: 'html', status: 504, after: true },
    leads: [504, 1],
    sign: ({ text }) => text.startsWith('<html>'),
  },
  {
    fault: { kind: 'serverError' },
    leads: [500, 0],
    sign: ({ body }) => body['detail'] === 'Internal Server Error',
  },
  {
    fault: { kind: 'tooMany', retryAfterSeconds: 3 },
    leads: [429, 0],
    sign: ({ headers }) => headers.get('retry-after') === '3',
  },
  {
    fault: { kind: 'locked' },
    leads: [403, 0],
    sign: ({ text }) => text.includes('Exhausted balance'),
  },
  {
    fault: { kind: 'malformed' },
    leads: [200, 1],
    sign: ({ text }) => text.startsWith('{') && !text.endsWith('}'),
  },
  {
    fault: { kind: 'nullBody' },
    leads: [200, 1],
    sign: ({ text }) => text === 'null',
  },
  {
    fault: { kind: 'noRequestId' },
    leads: [200, 1],
    sign: ({ headers, body }) => !headers.has('x-fal-request-id') && 'request_id' in body,
  },
])(
  'a submit that meets $fault.kind is answered, and leaves a job behind, as $leads',
  async (row) => {
    const [status, jobs] = row.leads
    await using fal = await startFalEmulator({ faults: [row.fault] })
    const reply = await submit(fal, SCHNELL, { prompt: 'a' })
    expect([reply.status, row.sign(reply)]).toEqual([status, true])
    await fal.idle()
    expect([fal.jobs.length, fal.charges.length, fal.injected.length]).toEqual([jobs, jobs, 1])
    expect((await run(fal, SCHNELL, { prompt: 'the next one works' })).status).toBe(200)
  },
)

test('a connection that breaks at submit may leave a job behind', async () => {
  await using fal = await startFalEmulator()
  for (const [after, jobs] of [
    [false, 0],
    [true, 1],
  ] as const) {
    fal.script('*', [{ kind: 'reset', after }])
    await expect(submit(fal, SCHNELL, { prompt: 'a' })).rejects.toThrow(BROKEN) // in turn
    await fal.idle()
    expect([fal.jobs.length, fal.charges.length]).toEqual([jobs, jobs])
  }
})

test('a request that hangs is never answered, though fal may have done the work', async () => {
  await using fal = await startFalEmulator({ faults: [{ kind: 'hang', after: true }] })
  const init = { method: 'POST', body: '{"prompt":"a"}', signal: AbortSignal.timeout(80) }
  await expect(call(fal, `https://queue.fal.run/${SCHNELL}`, init)).rejects.toThrow(/timeout/)
  await fal.idle()
  expect(fal.charges).toHaveLength(1)
})

test.each<{ fault: Step; ends: [number, number]; body: object }>([
  {
    fault: { kind: 'modelError' },
    ends: [422, 0],
    body: { detail: [{ type: 'content_policy_violation' }] },
  },
  {
    fault: { kind: 'modelError', type: 'no_media_generated', billed: true },
    ends: [422, 1],
    body: { detail: [{ type: 'no_media_generated' }] },
  },
  {
    fault: { kind: 'completedWithError' },
    ends: [503, 0],
    body: { error_type: 'runner_disconnected' },
  },
  {
    fault: { kind: 'serverError', at: 'result' },
    ends: [500, 1],
    body: { detail: 'Internal Server Error' },
  },
  { fault: { kind: 'noImages' }, ends: [200, 1], body: { images: [] } },
  {
    fault: { kind: 'nsfw' },
    ends: [200, 1],
    body: { has_nsfw_concepts: [true] },
  },
  {
    fault: [{ kind: 'nullDims' }, { kind: 'wrongContentType', contentType: 'image/jpg' }],
    ends: [200, 1],
    body: { images: [{ width: null, height: null, content_type: 'image/jpg' }] },
  },
  {
    fault: { kind: 'foreignFile', url: 'https://evil.example/a.png' },
    ends: [200, 1],
    body: { images: [{ url: 'https://evil.example/a.png' }] },
  },
])('a job with $fault is answered and charged as $ends', async ({ fault, ends, body }) => {
  await using fal = await startFalEmulator({ faults: [fault] })
  const result = await run(fal, SCHNELL, { prompt: 'a' })
  expect([result.status, fal.charges.length]).toEqual(ends)
  expect(result.body).toMatchObject(body)
  expect(fal.jobs[0]?.ran).toBe(true)
})

test('a failed job is COMPLETED with its error in the status', async () => {
  await using fal = await startFalEmulator({ faults: [{ kind: 'completedWithError' }] })
  const { body } = await submit(fal, SCHNELL, { prompt: 'a' })
  await fal.idle()
  const status = await call(fal, body['status_url'])
  expect(status.status).toBe(200)
  expect(status.body).toMatchObject({ status: 'COMPLETED', error_type: 'runner_disconnected' })
})

test('units can be missing or odd at the result, and the charge stands', async () => {
  await using fal = await startFalEmulator({
    faults: [{ kind: 'noUnits' }, { kind: 'units', value: '8.439999999999998' }],
  })
  const silent = await run(fal, SCHNELL, { prompt: 'a' })
  const odd = await run(fal, SCHNELL, { prompt: 'a' })
  const units = [silent, odd].map(({ headers }) => headers.get('x-fal-billable-units'))
  expect(units).toEqual([null, '8.439999999999998'])
  expect(fal.charges.map(({ micro }) => micro)).toEqual([3000, 25_320])
})

test('a slow queue waits for polls, a stuck job for ever, and a strange word stays', async () => {
  await using fal = await startFalEmulator({
    faults: [
      { kind: 'slowQueue', polls: 2 },
      { kind: 'stuck' },
      { kind: 'statusWord', word: 'FAILED' },
    ],
  })
  const [slow, stuck, strange] = await Promise.all(
    ['slow', 'stuck', 'strange'].map((prompt) => submit(fal, SCHNELL, { prompt })),
  )
  const poll = async (answer: Reply | undefined) => {
    const { status, body } = await call(fal, answer?.body['status_url'])
    return [status, body['status']]
  }
  const waiting = [202, 'IN_QUEUE']
  expect([await poll(slow), await poll(slow)]).toEqual([waiting, waiting])
  await fal.idle()
  expect(await poll(slow)).toEqual([200, 'COMPLETED'])
  expect(await poll(stuck)).toEqual([202, 'IN_PROGRESS'])
  expect(await poll(strange)).toEqual([200, 'FAILED'])
})

test('faults wait for their endpoint and their occasion, in order', async () => {
  await using fal = await startFalEmulator()
  fal.script('fal-ai/flux-2-flex', [
    { kind: 'pass', at: 'submit' },
    { kind: 'html', status: 503, times: 2 },
  ])
  const statuses: number[] = []
  for (const endpoint of [SCHNELL, ...Array.from({ length: 4 }, () => 'fal-ai/flux-2-flex')]) {
    statuses.push((await submit(fal, endpoint, { prompt: 'a' })).status) // one after the other
  }
  expect(statuses).toEqual([200, 200, 503, 503, 200])
})

test('a random plan strikes the same occasions for the same seed', async () => {
  const outcome = async (seed: number) => {
    await using fal = await startFalEmulator({
      plan: { seed, chance: 0.5, faults: [{ kind: 'serverError' }, { kind: 'tooMany' }] },
    })
    const statuses: number[] = []
    for (let at = 0; at < 8; at++) statuses.push((await submit(fal, SCHNELL, {})).status)
    return statuses.join(' ')
  }
  expect(await outcome(1)).toBe(await outcome(1))
  expect(await outcome(1)).not.toBe(await outcome(2))
  expect(await outcome(1)).toMatch(/200/)
})
