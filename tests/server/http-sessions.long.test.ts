import { describe, expect, test } from 'vitest'
import { query } from '../../src/db/db.ts'
import { money } from '../../src/money.ts'
import { temporaryHome, type Home } from '../support/app.ts'
import {
  bearer,
  connectHttp1,
  connectPinned,
  HTTP_CLIENTS,
  INITIALIZE,
  issued,
  MCP_HEADERS,
  openedAccount,
  serveHttp,
  type ConnectHttp,
  type HttpServer,
} from '../support/http.ts'
import { answerOf, errorOf, small } from '../tools/support.ts'

const header = (name: string) => ({ 'inkwell-session': name })

/** The name that the session of a new call has in the ledger. */
async function sessionOf(
  home: Home,
  ...[connect, ...connection]: [ConnectHttp, ...Parameters<ConnectHttp>]
): Promise<{ name: string; mcp: string | undefined }> {
  await using client = await connect(...connection)
  const made = answerOf(await client.call('generateImage', small)) as { session: { id: string } }
  const [row] = await home.withLedger((db) =>
    db.read(() =>
      query((builder) =>
        builder.selectFrom('session').select('name').where('id', '=', made.session.id),
      ),
    ),
  )
  return { name: String(row?.name), mcp: client.sessionId }
}

describe('the session of a call', () => {
  test('is what the server is configured with, whatever a client says', async () => {
    using home = temporaryHome()
    const { key } = await issued(home, await openedAccount(home, 'Ada'))
    await using server = await serveHttp(home, { INKWELL_SESSION_ID: 'nightly' })
    for (const { connect } of HTTP_CLIENTS) {
      const { name } = await sessionOf(home, connect, server, key, header('mine'))
      expect(name).toBe('nightly')
    }
  })

  test('is else the header, then the session of a client of 2025, then the key and the day', async () => {
    using home = temporaryHome()
    const { key, id } = await issued(home, await openedAccount(home, 'Ada'))
    await using server = await serveHttp(home)
    for (const { connect, protocol } of HTTP_CLIENTS) {
      const named = await sessionOf(home, connect, server, key, header('mine'))
      expect(named.name).toBe('mine')
      const { name, mcp } = await sessionOf(home, connect, server, key)
      const day = new Date().toISOString().slice(0, 10)
      expect(mcp === undefined).toBe(protocol === '2026-07-28')
      expect(name).toBe(mcp === undefined ? `${id}:${day}` : `mcp:${mcp}`)
    }
  })

  test.each(['', 'two words', 'x'.repeat(129), 'caf\u00e9'])(
    'is no name such as %j',
    async (name) => {
      using home = temporaryHome()
      const { key } = await issued(home, await openedAccount(home, 'Ada'))
      await using server = await serveHttp(home)
      const { status, body } = await server.json('/v1/credits', key, header(name))
      expect(status).toBe(400)
      expect(body.message).toContain('Inkwell-Session')
      for (const { connect } of HTTP_CLIENTS)
        await expect(connect(server, key, header(name))).rejects.toThrow(
          /Inkwell-Session|negotiation failed/,
        )
    },
  )

  test('keeps its budget over a restart of the server, for every client that names it', async () => {
    using home = temporaryHome({ INKWELL_MAX_USD_PER_RUN: '0.05' })
    const account = await openedAccount(home, 'Ada')
    const [one, two] = [await issued(home, account), await issued(home, account)]
    {
      await using server = await serveHttp(home)
      await using client = await connectPinned(server, one.key, header('job'))
      answerOf(await client.call('generateImage', small))
      expect(await server.stop()).toBe(0)
    }
    await using server = await serveHttp(home, { INKWELL_MAX_USD_PER_RUN: '5' })
    for (const { key } of [one, two])
      for (const { connect } of HTTP_CLIENTS) {
        await using client = await connect(server, key, header('job'))
        const { code } = errorOf(await client.call('generateImage', small))
        expect(code).toBe('session_budget_exceeded')
      }
    await using other = await connectPinned(server, two.key, header('another'))
    answerOf(await other.call('generateImage', small))
  })

  test('is never overspent by clients that call all at once', async () => {
    using home = temporaryHome({ INKWELL_MAX_USD_PER_RUN: '0.15' })
    const { key } = await issued(home, await openedAccount(home, 'Ada'))
    await using server = await serveHttp(home)
    const calls = HTTP_CLIENTS.map(async ({ connect }) => {
      await using client = await connect(server, key, header('job'))
      return await Promise.all(Array.from({ length: 5 }, () => client.call('generateImage', small)))
    })
    const results = (await Promise.all(calls)).flat()
    const refused = results.filter(({ isError }) => isError)
    expect(results).toHaveLength(20)
    expect(refused).toHaveLength(17)
    for (const one of refused) expect(errorOf(one).code).toBe('session_budget_exceeded')
    expect(home.outputs()).toHaveLength(3)
    const { body } = await server.json('/v1/credits', key, header('job'))
    expect(body).toMatchObject({
      balance: money(4_850_000),
      held: money(0),
      caps: { session: { used: money(150_000), remaining: money(0) } },
    })
  })

  test('of the same name is another one in another account', async () => {
    using home = temporaryHome({ INKWELL_MAX_USD_PER_RUN: '0.05' })
    const keys = [
      await issued(home, await openedAccount(home, 'Ada')),
      await issued(home, await openedAccount(home, 'Bob')),
    ]
    await using server = await serveHttp(home)
    for (const { key } of keys) {
      await using client = await connectPinned(server, key, header('job'))
      const made = answerOf(await client.call('generateImage', small))
      expect(made).toMatchObject({ session: { remaining: money(0) } })
    }
  })
})

test('the MCP session of another key is not found, of another account or not, and can not be ended', async () => {
  using home = temporaryHome()
  const account = await openedAccount(home, 'Ada')
  const own = await issued(home, account)
  const others = [await issued(home, account), await issued(home, await openedAccount(home, 'Bob'))]
  await using server = await serveHttp(home)
  await using client = await connectHttp1(server, own.key)
  for (const { key } of others)
    for (const method of ['POST', 'GET', 'DELETE'])
      expect(await statusIn(server, client.sessionId ?? '', { method, key })).toBe(404)
  answerOf(await client.call('checkUsage'))
  const mine = { method: 'DELETE', key: own.key }
  expect(await statusIn(server, client.sessionId ?? '', mine)).toBe(200)
  expect(await statusIn(server, client.sessionId ?? '', mine)).toBe(404)
})

test('a session that is ended while requests of it arrive stays ended', async () => {
  using home = temporaryHome()
  const { key } = await issued(home, await openedAccount(home, 'Ada'))
  await using server = await serveHttp(home)
  for (let round = 0; round < 5; round += 1) {
    const opened = await post(server, key, INITIALIZE)
    const session = opened.headers.get('mcp-session-id') ?? ''
    const asked = Array.from({ length: 8 }, (_, n) =>
      statusIn(server, session, { method: n === 3 ? 'DELETE' : 'POST', key }),
    )
    expect((await Promise.all(asked))[3]).toBe(200)
    expect(await statusIn(server, session, { method: 'POST', key })).toBe(404)
  }
})

test('a client whose session is lost opens another one, whatever session it still names', async () => {
  using home = temporaryHome()
  const account = await openedAccount(home, 'Ada')
  const [own, other] = [await issued(home, account), await issued(home, account)]
  await using server = await serveHttp(home)
  await using foreign = await connectHttp1(server, other.key)
  await using ended = await connectHttp1(server, own.key)
  await statusIn(server, ended.sessionId ?? '', { method: 'DELETE', key: own.key })
  for (const named of [crypto.randomUUID(), 'no id of ours', foreign.sessionId, ended.sessionId]) {
    const answer = await post(server, own.key, INITIALIZE, { 'mcp-session-id': named ?? '' })
    const id = answer.headers.get('mcp-session-id') ?? ''
    expect(answer.status).toBe(200)
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    expect(id).not.toBe(named)
    expect(await statusIn(server, id, { method: 'POST', key: own.key })).toBe(200)
  }
  expect(await statusIn(server, foreign.sessionId ?? '', { method: 'POST', key: other.key })).toBe(
    200,
  )
  const mine = await post(server, own.key, INITIALIZE)
  const again = await post(server, own.key, INITIALIZE, {
    'mcp-session-id': mine.headers.get('mcp-session-id') ?? '',
  })
  expect(again.status).toBe(400) // one that is there is not opened a second time
})

test('a JSON-RPC batch is served in the protocol version that has batches, and refused in others', async () => {
  using home = temporaryHome()
  const { key } = await issued(home, await openedAccount(home, 'Ada'))
  await using server = await serveHttp(home)
  const opening = { ...INITIALIZE, params: { ...INITIALIZE.params, protocolVersion: '2025-03-26' } }
  const opened = await post(server, key, opening)
  const session = { 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' }
  const pings = ['a', 'b'].map((id) => ({ jsonrpc: '2.0', id, method: 'ping' }))
  const answer = await post(server, key, pings, session)
  expect(answer.status).toBe(200)
  for (const id of ['a', 'b']) expect(answer.text).toContain(`"id":"${id}"`)
  for (const version of ['2025-06-18', '2025-11-25', '2026-07-28']) {
    const refused = await post(server, key, pings, { ...session, 'mcp-protocol-version': version })
    expect(refused.status).toBe(400)
    expect(JSON.parse(refused.text)).toMatchObject({ id: null, error: { code: -32_600 } })
  }
})

async function post(
  { url }: HttpServer,
  key: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; text: string }> {
  const answer = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: {
      ...bearer(key),
      ...MCP_HEADERS,
      ...headers,
    },
    body: JSON.stringify(body),
  })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

async function statusIn(
  server: HttpServer,
  session: string,
  { method, key }: { method: string; key: string },
): Promise<number> {
  const list = JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/list' })
  const answer = await fetch(`${server.url}/mcp`, {
    method,
    headers: {
      ...bearer(key),
      'mcp-session-id': session,
      'mcp-protocol-version': '2025-11-25',
      ...MCP_HEADERS,
    },
    ...(method === 'POST' && { body: list }),
  })
  await answer.body?.cancel()
  return answer.status
}
