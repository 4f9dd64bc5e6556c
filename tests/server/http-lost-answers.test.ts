import { expect, test } from 'vitest'
import { query } from '../../src/db/db.ts'
import { findAccount } from '../../src/ledger/queries/account.ts'
import { until } from '../generations/paid-app.ts'
import { temporaryHome, type Home } from '../support/app.ts'
import { startFalEmulator } from '../services/fal/emulator.ts'
import {
  connectHttp1,
  connectPinned,
  HTTP_CLIENTS,
  issued,
  MCP_HEADERS,
  openedAccount,
  serveHttp,
} from '../support/http.ts'
import { CHEAP, GRANT, liveHome } from '../support/live.ts'
import { answerOf, small } from '../tools/support.ts'

/** What a client of either era posts for one call; the stream is broken before the answer comes. */
const ERAS = [
  { era: '2025-11-25', connect: connectHttp1 },
  { era: '2026-07-28', connect: connectPinned },
]

test.each(ERAS)(
  'a stream of $era that breaks: the same call again costs nothing and brings the image',
  async ({ era, connect }) => {
    await using fal = await startFalEmulator({ queueMs: 0, runMs: 1_500 })
    using home = liveHome(fal)
    const id = await openedAccount(home, 'crew', 'live')
    const { key } = await issued(home, id)
    await using server = await serveHttp(home)
    await using client = await connect(server, key)
    const leave = new AbortController()
    const broken = fetch(`${server.url}/mcp`, {
      method: 'POST',
      signal: leave.signal,
      headers: {
        authorization: `Bearer ${key}`,
        ...MCP_HEADERS,
        'mcp-protocol-version': era,
        ...(client.sessionId !== undefined && { 'mcp-session-id': client.sessionId }),
        ...(era === '2026-07-28' && { 'mcp-method': 'tools/call', 'mcp-name': 'generateImage' }),
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 'lost',
        method: 'tools/call',
        params: { name: 'generateImage', arguments: CHEAP, ...(era === '2026-07-28' && META) },
      }),
    }).then((response) => response.text())
    await until(() => fal.jobs.some(({ state }) => state === 'IN_PROGRESS'))
    leave.abort()
    await expect(broken).rejects.toThrow('aborted')
    await until(async () => (await answersOf(home)).includes('lost'))

    const { structuredContent } = await client.call('generateImage', CHEAP)
    expect(structuredContent).toMatchObject({ status: 'completed', replayed: true })
    expect([fal.jobs.length, fal.charges.length]).toEqual([1, 1])
    const [account] = await home.withLedger((db) => db.read(() => findAccount({ id })))
    expect(account).toMatchObject({ available: GRANT - 3_000, held: 0, spent: 3_000 })
  },
)

test.each(HTTP_CLIENTS)(
  'an answer that $client has is not lost when its server stops: the same call makes another image',
  async ({ connect }) => {
    using home = temporaryHome()
    const { key } = await issued(home, await openedAccount(home, 'Ada'))
    const call = async () => {
      await using server = await serveHttp(home)
      await using client = await connect(server, key)
      const answer = answerOf(await client.call('generateImage', small))
      expect(await server.stop()).toBe(0)
      return answer
    }
    await call()
    expect(await answersOf(home)).toEqual(['heard'])
    expect(await call()).toMatchObject({ replayed: false })
  },
)

async function answersOf(home: Home): Promise<string[]> {
  const rows = await home.withLedger((db) =>
    db.read(() => query((from) => from.selectFrom('generation').select('answer'))),
  )
  return rows.map(({ answer }) => answer)
}

const META = {
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'inkwell-tests', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': {},
  },
}
