import { describe, expect, test } from 'vitest'
import { money } from '../../src/money.ts'
import { temporaryHome } from '../support/app.ts'
import {
  bearer,
  connectHttp1,
  HTTP_CLIENTS,
  issued,
  MCP_HEADERS,
  openedAccount,
  serveHttp,
  type HttpServer,
} from '../support/http.ts'
import { answerOf, errorOf, small } from '../tools/support.ts'
import { onEachEngine } from '../support/engines.ts'

onEachEngine(() => {
  describe('a session of a client of 2025', () => {
    const old = HTTP_CLIENTS.filter(({ protocol }) => protocol === '2025-11-25')

    test.each(old)('of $client goes on over a restart of its server', async ({ connect }) => {
      using home = temporaryHome({ INKWELL_MAX_USD_PER_RUN: '0.10' })
      const { key } = await issued(home, await openedAccount(home, 'Ada'))
      const first = await serveHttp(home)
      await using client = await connect(first, key)
      const before = answerOf(await client.call('generateImage', small))
      await first.stop()
      const port = new URL(first.url).port
      await using _second = await serveHttp(home, {}, { args: ['--port', port] })
      const after = answerOf(await client.call('generateImage', small))
      expect(after).toMatchObject({ session: { id: sessionOf(before), remaining: money(0) } })
      expect(errorOf(await client.call('generateImage', small)).code).toBe(
        'session_budget_exceeded',
      )
    })

    test('is answered by either of two servers, many calls at a time, and ended for both', async () => {
      using home = temporaryHome({ INKWELL_MAX_USD_PER_RUN: '0.15' })
      const { key } = await issued(home, await openedAccount(home, 'Ada'))
      await using one = await serveHttp(home)
      await using two = await serveHttp(home)
      await using client = await connectHttp1(one, key)
      const id = client.sessionId ?? ''
      const call = (server: HttpServer, number: number) => post(server, key, id, number)
      const bodies = await Promise.all(
        Array.from({ length: 8 }, (_, number) => call(number % 2 === 0 ? one : two, number + 10)),
      )
      const made = bodies.filter(({ text }) => text.includes('"status":"completed"'))
      expect(made).toHaveLength(3)
      expect(new Set(made.map(({ text }) => /"ses_\w+"/.exec(text)?.[0])).size).toBe(1)
      const ended = await fetch(`${two.url}/mcp`, {
        method: 'DELETE',
        headers: { ...bearer(key), 'mcp-session-id': id },
      })
      expect(ended.status).toBe(200)
      await using three = await serveHttp(home)
      for (const server of [one, two, three]) expect((await call(server, 30)).status).toBe(404)
    })

    const sessionOf = ({ session }: Record<string, unknown>) => (session as { id: string }).id

    async function post(server: HttpServer, key: string, session: string, id: number) {
      const answer = await fetch(`${server.url}/mcp`, {
        method: 'POST',
        headers: {
          ...bearer(key),
          ...MCP_HEADERS,
          'mcp-session-id': session,
          'mcp-protocol-version': '2025-11-25',
        },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id,
          method: 'tools/call',
          params: { name: 'generateImage', arguments: small },
        }),
      })
      return { status: answer.status, text: await answer.text() }
    }
  })
})
