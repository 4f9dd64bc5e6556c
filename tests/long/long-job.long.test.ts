import { setTimeout as pause } from 'node:timers/promises'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { describe, expect, test } from 'vitest'
import { ARGS, COMMAND, examine, REPOSITORY, type Home } from '../support/app.ts'
import type { ToolResult } from '../support/clients.ts'
import { startFalEmulator, type FalEmulator } from '../services/fal/emulator.ts'
import { bearer, issued, openedAccount, serveHttp } from '../support/http.ts'
import { CHEAP, GRANT, liveHome } from '../support/live.ts'

/** fal works longer than a client of the SDK waits by itself, which is 60 s. */
const JOB = { queueMs: 0, runMs: 75_000 }
const CALL = { name: 'generateImage', arguments: { ...CHEAP, preview: true } }

/** A client of SDK 1.x with every setting as it comes, on its own way to the server. */
async function connected(transport: Transport): Promise<Client & AsyncDisposable> {
  const client = new Client({ name: 'inkwell-tests', version: '1.0.0' })
  await client.connect(transport)
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() })
}

function spawned({ env }: Home): StdioClientTransport {
  return new StdioClientTransport({ command: COMMAND, args: ARGS, cwd: REPOSITORY, env })
}

async function asked(client: Client): Promise<ToolResult> {
  return (await client.callTool(CALL)) as ToolResult
}

/** One job at fal, one charge, and the image in this answer. */
function expectJoined({ content, structuredContent }: ToolResult, fal: FalEmulator): void {
  expect(structuredContent).toMatchObject({ status: 'completed', replayed: true })
  expect(content.map(({ type }) => type)).toEqual(['text', 'image'])
  expect([fal.jobs.length, fal.charges.length]).toEqual([1, 1])
}

describe.concurrent('a job of 75 s, asked for twice by a client with the defaults of its SDK', () => {
  test('is handed over before the client gives up, and brings the image to the second call', async () => {
    await using fal = await startFalEmulator(JOB)
    using home = liveHome(fal)
    await using client = await connected(spawned(home))
    const first = await asked(client)
    expect(first.structuredContent).toMatchObject({ status: 'running', replayed: false })
    expectJoined(await asked(client), fal)
    expect(await examine(home)).toMatchObject({ available: GRANT - 3_000, difference: null })
  }, 120_000)

  test('is joined after the stream of its answer over HTTP broke', async () => {
    await using fal = await startFalEmulator(JOB)
    using home = liveHome(fal)
    const { key } = await issued(home, await openedAccount(home, 'crew', 'live'))
    await using server = await serveHttp(home)
    const url = new URL('/mcp', server.url)
    const options = { requestInit: { headers: bearer(key) } }
    {
      await using leaving = await connected(new StreamableHTTPClientTransport(url, options))
      const lost = asked(leaving).catch((reason: unknown) => reason)
      await pause(40_000)
      await leaving.close()
      expect(await lost).toBeInstanceOf(Error)
    }
    await using client = await connected(new StreamableHTTPClientTransport(url, options))
    expectJoined(await asked(client), fal)
  }, 120_000)

  test('is joined after its server was killed', async () => {
    await using fal = await startFalEmulator(JOB)
    using home = liveHome(fal)
    {
      const transport = spawned(home)
      await using client = await connected(transport)
      const lost = asked(client).catch((reason: unknown) => reason)
      await pause(40_000)
      process.kill(transport.pid ?? 0, 'SIGKILL')
      expect(await lost).toBeInstanceOf(Error)
    }
    await using client = await connected(spawned(home))
    expectJoined(await asked(client), fal)
    expect(await examine(home)).toMatchObject({ available: GRANT - 3_000, difference: null })
  }, 120_000)
})
