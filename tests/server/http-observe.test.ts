import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { expect } from 'vitest'
import { traceOf } from '../../src/trace.ts'
import { ARGS, COMMAND, REPOSITORY } from '../support/app.ts'
import { bearer, connectPinned, serveHttp } from '../support/http.ts'
import { withServer } from '../support/with-server.ts'
import { startRaw } from '../support/clients.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = `00-${TRACE}-00f067aa0ba902b7-01`
const TILE = { prompt: 'a tile', imageSize: { width: 64, height: 64 }, preview: false }

const test = withServer()

test.each([
  [PARENT, TRACE],
  [`${PARENT.replace('00-', '42-')}-more`, TRACE],
  [PARENT.toUpperCase(), undefined],
  [PARENT.replace('00-', 'ff-'), undefined],
  [`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, undefined],
  [`00-${TRACE}-${'0'.repeat(16)}-01`, undefined],
  [`${PARENT}x`, undefined],
  ['', undefined],
  [[PARENT], undefined],
  [undefined, undefined],
])('the trace of %j is %s', (given, expected) => {
  expect(traceOf(given).trace).toBe(expected)
})

test("the lines of paid work carry the request's id and the caller's trace; a call's own trace counts before its header's", async ({
  home,
  server,
  key,
}) => {
  const child = spawn(COMMAND, [...ARGS, 'serve', '--port', '0'], {
    cwd: REPOSITORY,
    env: { ...home.env, INKWELL_LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log = text(child.stderr)
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const url = line.slice(line.indexOf('http://'))
  const answer = await fetch(`${url}/v1/usage?from=2026-02-01&to=2026-02-02&key_id=private`, {
    headers: { ...bearer(key), traceparent: PARENT, 'x-request-id': 'mine-1' },
  })
  expect(answer.headers.get('x-request-id')).toBe('mine-1')
  await using client = await connectPinned({ ...server, url }, key, { traceparent: PARENT })
  await client.call('generateImage', TILE)
  child.kill('SIGTERM')
  const lines = (await log)
    .trim()
    .split('\n')
    .map((each) => JSON.parse(each) as Record<string, unknown>)
  expect(lines).toContainEqual(
    expect.objectContaining({
      msg: 'http.request',
      request: 'mine-1',
      trace: TRACE,
      route: '/v1/usage',
      status: 200,
    }),
  )
  const work = lines.find(({ msg }) => msg === 'generation.completed')
  expect(work).toMatchObject({ trace: TRACE, request: expect.stringMatching(/^[\w-]{36}$/) })
  expect(JSON.stringify(lines)).not.toMatch(/ink_[0-9a-f]{64}|private|a tile/)
})

test('on stdio the trace comes with the call', async ({ home }) => {
  await using raw = startRaw(home, { env: { INKWELL_LOG_LEVEL: 'info' } })
  await raw.initialize()
  const _meta = { traceparent: PARENT }
  await raw.request('tools/call', { name: 'generateImage', arguments: TILE, _meta })
  await raw.end()
  const lines = (await raw.stderr).trim().split('\n')
  const work = lines.map((each) => JSON.parse(each) as Record<string, unknown>)
  expect(work.find(({ msg }) => msg === 'generation.completed')).toMatchObject({ trace: TRACE })
})

test.for(['', 'a b', 'x'.repeat(65), '<script>'])(
  'the request id %j is not taken over',
  async (id, { server }) => {
    const { headers } = await server.get('/healthz', undefined, { 'x-request-id': id })
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{36}$/)
  },
)

test('metrics count requests by pattern, calls by outcome and what was charged, and name no account', async ({
  home,
  keyFor,
}) => {
  const { key: counted } = await keyFor('Counted')
  await using fresh = await serveHttp(home)
  await using client = await connectPinned(fresh, counted)
  await client.call('generateImage', TILE)
  await client.call('generateImage', { ...TILE, maxCostUsd: 0 })
  await fresh.get('/v1/generations/gen_unknown', counted)
  await fresh.get('/nowhere/at/all')
  const text = await (await fresh.get('/metrics')).text()
  expect(text).toContain('inkwell_tool_call_seconds_count{tool="generateImage",outcome="ok"} 1')
  expect(text).toContain('{tool="generateImage",outcome="max_cost_exceeded"} 1')
  const work = 'operation="generateImage",provider="local",model="fal-ai/flux-2-flex"'
  expect(text).toContain(`inkwell_generation_seconds_count{${work},outcome="completed"} 1`)
  expect(text).toContain(`inkwell_charged_micro_dollars_total{${work}} 50000`)
  expect(text).toContain('{method="GET",route="/v1/generations/:id",status="404"} 1')
  expect(text).toContain('{method="GET",route="none",status="404"} 1')
  expect(text).toContain('inkwell_commit_units_count')
  expect(text).not.toMatch(/acct_|key_[0-9a-f]|gen_|nowhere/)
})

test('a result that was fetched once is read without a write', async ({ keyFor, home }) => {
  const { key } = await keyFor('Reads again')
  await using fresh = await serveHttp(home)
  await using client = await connectPinned(fresh, key)
  const id = String((await client.call('generateImage', TILE)).structuredContent?.['id'])
  const read = async () => {
    expect((await fresh.get(`/v1/generations/${id}`, key)).status).toBe(200)
    await client.call('getGeneration', { id })
  }
  const commits = async () => {
    const text = await (await fresh.get('/metrics')).text()
    return Number(/^inkwell_commit_units_count (\d+)$/m.exec(text)?.[1])
  }
  await read()
  const before = await commits()
  for (let time = 0; time < 10; time += 1) await read()
  expect((await commits()) - before).toBeLessThan(10) // a timer of the server may write meanwhile
})
