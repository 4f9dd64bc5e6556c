import { once } from 'node:events'
import { createServer } from 'node:http'
import { registerHooks } from 'node:module'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { inTrace, traceOf } from '../../src/trace.ts'
import { CHEAP } from '../support/live.ts'
import { temporaryHome } from '../support/app.ts'
import { connectPinned, issued, openedAccount, serveHttp } from '../support/http.ts'
import { operated } from '../support/operator.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = '00f067aa0ba902b7'
const PROMPT = 'a fox that nobody may read of'

type Span = {
  name: string
  traceId: string
  spanId: string
  parentSpanId?: string
  attributes: { key: string; value: { stringValue?: string } }[]
  status: { code?: number }
}
type Export = { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }

/** A collector of OTLP in JSON on this machine. */
async function collector() {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      bodies.push(`${request.url} ${body}`)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const spans = (): Span[] =>
    bodies.flatMap((body) => {
      const { resourceSpans } = JSON.parse(body.slice(body.indexOf(' '))) as Export
      return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans))
    })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    spans,
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Calls as an agent with a `traceparent`. Returns the secrets that no span may hold. */
async function callInTrace(
  env: Record<string, string>,
  args: object,
  faults = {},
): Promise<string[]> {
  await using shop = await operated({ env, emulator: faults })
  const ada = await shop.customer()
  await inTrace(traceOf(`00-${TRACE}-${PARENT}-01`), () =>
    shop.call(ada, 'generateImage', { ...CHEAP, prompt: PROMPT, ...args }),
  )
  return [shop.fal.key, shop.fal.url]
}

/** The files of OpenTelemetry that this process has loaded. */
const loaded: string[] = []
registerHooks({
  load: (url, context, next) => {
    if (url.includes('/@opentelemetry/')) loaded.push(url)
    return next(url, context)
  },
})

test('without a collector nothing of OpenTelemetry is loaded', async () => {
  await callInTrace({}, {})
  expect(loaded).toEqual([])
})

test('a paid call is one trace below that of its caller, with a span for each step and no prompt', async () => {
  await using otlp = await collector()
  const secrets = await callInTrace({ OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url }, {})
  expect(loaded).not.toEqual([])
  const spans = otlp.spans()
  const nameOf = (id: string | undefined) =>
    id === PARENT ? 'the caller' : spans.find(({ spanId }) => spanId === id)?.name
  expect(
    Object.fromEntries(spans.map(({ name, parentSpanId }) => [name, nameOf(parentSpanId)])),
  ).toEqual({
    'tools/call generateImage': 'the caller',
    'dry run': 'tools/call generateImage',
    hold: 'tools/call generateImage',
    'generate_content fal-ai/flux/schnell': 'tools/call generateImage',
    submit: 'generate_content fal-ai/flux/schnell',
    poll: 'generate_content fal-ai/flux/schnell',
    save: 'tools/call generateImage',
    download: 'save',
    capture: 'tools/call generateImage',
  })
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE]))
  const attributes = spans.flatMap((span) =>
    span.attributes.map(({ key, value }) => `${key}=${value.stringValue}`),
  )
  expect(attributes).toEqual(
    expect.arrayContaining([
      'mcp.method.name=tools/call',
      'gen_ai.tool.name=generateImage',
      'gen_ai.request.model=fal-ai/flux/schnell',
      'gen_ai.provider.name=fal.ai',
    ]),
  )
  const sent = otlp.bodies.join('\n')
  expect(otlp.bodies[0]).toMatch(/^\/v1\/traces /)
  for (const secret of [PROMPT, ...secrets]) expect(sent).not.toContain(secret)
})

test('what fails says its code and nothing else', async () => {
  await using otlp = await collector()
  const faults = { faults: [{ kind: 'nsfw' }] }
  await callInTrace({ OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url }, {}, faults)
  const failed = otlp.spans().filter(({ status }) => status.code === 2)
  expect(new Set(failed.map(({ name }) => name))).toContain('tools/call generateImage')
  expect(JSON.stringify(failed)).toContain('content_refused')
  expect(otlp.bodies.join()).not.toContain('exception')
})

test('a collector that is not there harms no call, and no stop', async () => {
  const begun = performance.now()
  await callInTrace({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, {})
  expect(performance.now() - begun).toBeLessThan(10_000)
})

test('the server that is shipped sends them, the last ones as it stops', async () => {
  await using otlp = await collector()
  using home = temporaryHome({ OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url })
  const { key } = await issued(home, await openedAccount(home, 'Ada'))
  {
    await using server = await serveHttp(home)
    const headers = { traceparent: `00-${TRACE}-${PARENT}-01` }
    await using client = await connectPinned(server, key, headers)
    await client.call('generateImage', { prompt: PROMPT, imageSize: '64x64', preview: false })
    await server.stop()
  }
  const spans = otlp.spans().filter(({ traceId }) => traceId === TRACE)
  expect(spans.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['tools/call generateImage', 'dry run', 'hold', 'save', 'capture']),
  )
  for (const secret of [PROMPT, key]) expect(otlp.bodies.join()).not.toContain(secret)
})
