import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { temporaryHome } from '../support/app.ts'
import { startRaw, type RawServer } from '../support/clients.ts'

const PARSE_ERROR = -32_700
const INVALID_REQUEST = -32_600

/** A line as it is, without a look at whether it is a message. */
const say = ({ process }: RawServer, line: string): void => void process.stdin?.write(`${line}\n`)

/** Waits for a number of answers that belong to no request, and gives their codes. */
async function refusals({ lines }: RawServer, count: number): Promise<(number | undefined)[]> {
  const codes = () =>
    lines
      .map((line) => JSON.parse(line) as { id: unknown; error?: { code: number } })
      .filter(({ id }) => id === null)
      .map(({ error }) => error?.code)
  while (codes().length < count) await sleep(5)
  return codes()
}

/** The lines of the log about messages, once the server has ended. */
async function logged(server: RawServer): Promise<string[]> {
  expect((await server.end()).code).toBe(0)
  return (await server.stderr).split('\n').filter((line) => line.includes('"mcp.transport"'))
}

const initialize = (protocolVersion: string) => ({
  protocolVersion,
  capabilities: {},
  clientInfo: { name: 'test', version: '1' },
})
const asked = (id: number | string, method = 'tools/list', params: object = {}) => ({
  jsonrpc: '2.0',
  id,
  method,
  params,
})

test('a byte order mark before the first message is passed over', async () => {
  using home = temporaryHome()
  await using server = startRaw(home)
  server.process.stdin?.write('\uFEFF')
  await server.initialize()
  expect((await server.request('tools/list')).result).toMatchObject({ tools: expect.any(Array) })
  expect(await logged(server)).toEqual([])
})

describe('a line that is no message is answered and logged once, and the session goes on', () => {
  test.each<[string, number]>([
    ['{ not json', PARSE_ERROR],
    ['nonsense', PARSE_ERROR],
    ['{"jsonrpc":"2.0","id":7,"method":"tools/list"', PARSE_ERROR],
    ['\uFEFF{}', PARSE_ERROR],
    ['{}', INVALID_REQUEST],
    ['42', INVALID_REQUEST],
    ['{"jsonrpc":"2.0"}', INVALID_REQUEST],
    ['{"jsonrpc":"1.0","method":"tools/list"}', INVALID_REQUEST],
    ['[]', INVALID_REQUEST],
    [JSON.stringify([asked(7)]), INVALID_REQUEST],
  ])('%s: %i', async (line, code) => {
    using home = temporaryHome()
    await using server = startRaw(home)
    await server.initialize()
    say(server, line)
    expect(await refusals(server, 1)).toEqual([code])
    expect((await server.request('tools/list')).result).toMatchObject({ tools: expect.any(Array) })
    expect(await refusals(server, 1)).toEqual([code])
    const [entry, ...others] = await logged(server)
    expect(others).toEqual([])
    expect(entry).toMatch(/Parse error|Invalid request/)
    expect(entry).not.toContain('tools/list') // what it held stays out of the log
  })

  test('before the first message too, and blank lines are none', async () => {
    using home = temporaryHome()
    await using server = startRaw(home)
    for (const line of ['', ' \r', '{ not json', '']) say(server, line)
    await server.initialize()
    expect(await refusals(server, 1)).toEqual([PARSE_ERROR])
    expect(await logged(server)).toHaveLength(1)
  })

  test('a request that is wrong but has an id is answered by that id', async () => {
    using home = temporaryHome()
    await using server = startRaw(home)
    await server.initialize()
    say(server, '{"jsonrpc":"2.0","id":"mine","method":5}')
    await server.request('tools/list')
    const answers = server.lines.map((line) => JSON.parse(line) as { id: unknown; error?: object })
    expect(answers.filter(({ id }) => id === 'mine')).toMatchObject([
      { error: { code: INVALID_REQUEST } },
    ])
  })

  test('a response never gets a response, even if it is invalid', async () => {
    using home = temporaryHome()
    await using server = startRaw(home)
    await server.initialize()
    say(server, '{"jsonrpc":"2.0","id":{},"result":1}')
    await server.request('tools/list')
    expect(server.lines).toHaveLength(2)
    expect(await logged(server)).toHaveLength(1)
  })
})

test('the last line counts without its end', async () => {
  using home = temporaryHome()
  await using server = startRaw(home)
  await server.initialize()
  server.process.stdin?.write(JSON.stringify(asked('last', 'ping')))
  await server.end()
  expect(JSON.parse(server.lines.at(-1) ?? '')).toMatchObject({ id: 'last', result: {} })
})

describe('JSON-RPC batches in the protocol version that has them', () => {
  async function connected(home: Parameters<typeof startRaw>[0]): Promise<RawServer> {
    const server = startRaw(home)
    await server.request('initialize', initialize('2025-03-26'))
    server.send({ method: 'notifications/initialized' })
    return server
  }
  async function listed(server: RawServer): Promise<{ id: unknown; error?: object }[]> {
    const lists = () => server.lines.filter((line) => line.startsWith('['))
    while (lists().length === 0) await sleep(5)
    return JSON.parse(lists()[0] ?? '') as { id: unknown }[]
  }

  test('all responses to a batch come as one list, also if a member is invalid', async () => {
    using home = temporaryHome()
    await using server = await connected(home)
    const notice = { jsonrpc: '2.0', method: 'notifications/roots/list_changed' }
    const call = asked('call', 'tools/call', { name: 'checkUsage', arguments: {} })
    say(server, JSON.stringify([asked('a'), notice, call, 5, asked('b', 'ping')]))
    const answers = await listed(server)
    expect(new Set(answers.map(({ id }) => id))).toEqual(new Set(['a', 'call', null, 'b']))
    expect(answers.filter(({ error }) => error !== undefined)).toMatchObject([
      { id: null, error: { code: INVALID_REQUEST } },
    ])
    expect((await server.request('ping')).result).toEqual({})
    expect(server.lines.filter((line) => line.startsWith('['))).toHaveLength(1)
    expect(await logged(server)).toHaveLength(1)
  })

  test('a batch of notifications gets no response, and an empty batch is refused', async () => {
    using home = temporaryHome()
    await using server = await connected(home)
    say(server, '[{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}]')
    say(server, '[]')
    expect(await refusals(server, 1)).toEqual([INVALID_REQUEST])
    await server.request('ping')
    expect(server.lines).toHaveLength(3) // opening, refusal, ping
  })

  test('initialize is refused in a batch, and a cancelled request does not delay it', async () => {
    using home = temporaryHome()
    await using server = await connected(home)
    const size = { width: 2048, height: 2048 }
    const args = { prompt: 'a calm sea', numImages: 4, imageSize: size, preview: false }
    const long = asked('long', 'tools/call', { name: 'generateImage', arguments: args })
    say(server, JSON.stringify([long, asked('again', 'initialize', initialize('2025-03-26'))]))
    server.send({ method: 'notifications/cancelled', params: { requestId: 'long' } })
    expect(await listed(server)).toMatchObject([{ id: null, error: { code: INVALID_REQUEST } }])
  })
})
