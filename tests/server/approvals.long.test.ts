import {
  Client as Client2,
  StreamableHTTPClientTransport as Http2,
  type VersionNegotiationMode,
} from '@modelcontextprotocol/client'
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio'
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as Stdio1 } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import { describe, expect, test } from 'vitest'
import type { Scope } from '../../src/accounts/scopes.ts'
import {
  ACCOUNT,
  ARGS,
  COMMAND,
  examine,
  inkwell,
  REPOSITORY,
  temporaryHome,
  type Home,
} from '../support/app.ts'
import type { ToolResult } from '../support/clients.ts'
import { bearer, issued, serveHttp } from '../support/http.ts'
import { answerOf, errorOf, GRANT, small } from '../tools/support.ts'

const ASKS = { INKWELL_APPROVE_ABOVE_USD: '0.04' }
const PRICE = 50_000
const CALL = { name: 'generateImage', arguments: { ...small } }
const IDENTITY = { name: 'inkwell-tests', version: '1.0.0' }

type Asked = { mode?: string; message: string; requestedSchema?: object }
type Action = 'accept' | 'decline' | 'cancel'
type Person = (asked: Asked) => Promise<Action>

/** Where a client finds its server: a process of its own, or one over HTTP with a key. */
type Where = { home: Home; http?: { url: string; key: string } }
/** A client whose person answers questions; without a person it cannot ask. */
type Connect = (where: Where, person?: Person) => Promise<Agent>
type Agent = AsyncDisposable & {
  make(): Promise<ToolResult>
}

function server({ home: { env } }: Where) {
  return { command: COMMAND, args: ARGS, cwd: REPOSITORY, env, stderr: 'ignore' as const }
}

const connect1: Connect = async (where, person) => {
  const capabilities = person === undefined ? {} : { elicitation: {} }
  const client = new Client1(IDENTITY, { capabilities })
  if (person !== undefined)
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => ({
      action: await person(params as Asked),
      content: {},
    }))
  const { http } = where
  await client.connect(
    http === undefined
      ? new Stdio1(server(where))
      : new Http1(new URL('/mcp', http.url), { requestInit: { headers: bearer(http.key) } }),
  )
  return {
    make: async () => (await client.callTool(CALL)) as ToolResult,
    [Symbol.asyncDispose]: () => client.close(),
  }
}

const connect2 =
  (mode: VersionNegotiationMode): Connect =>
  async (where, person) => {
    const capabilities = person === undefined ? {} : { elicitation: { form: {} } }
    const client = new Client2(IDENTITY, { capabilities, versionNegotiation: { mode } })
    if (person !== undefined)
      client.setRequestHandler('elicitation/create', async ({ params }) => ({
        action: await person(params as Asked),
        content: {},
      }))
    const { http } = where
    await client.connect(
      http === undefined
        ? new Stdio2(server(where))
        : new Http2(new URL('/mcp', http.url), { requestInit: { headers: bearer(http.key) } }),
    )
    return {
      make: async () => (await client.callTool(CALL)) as ToolResult,
      [Symbol.asyncDispose]: () => client.close(),
    }
  }

const CLIENTS = [
  { client: 'SDK 1.x', connect: connect1 },
  { client: 'SDK 2.x in the 2025 protocol', connect: connect2('legacy') },
  { client: 'SDK 2.x in the 2026 protocol', connect: connect2({ pin: '2026-07-28' }) },
]

async function overHttp(home: Home, scopes?: Scope[]) {
  const opened = await serveHttp(home)
  const { key } = await issued(home, ACCOUNT, scopes && { scopes })
  return { where: { home, http: { url: opened.url, key } }, opened }
}

async function approvals(home: Home): Promise<{ id: string; status: string }[]> {
  const { stdout } = await inkwell(home, ['approvals', 'list', '--all', '--json'])
  return (JSON.parse(stdout) as { approvals: { id: string; status: string }[] }).approvals
}

describe.each(CLIENTS)('$client', ({ connect }) => {
  test('asks its person over stdio; accepted, the same call goes on and is charged once', async () => {
    using home = temporaryHome(ASKS)
    const asked: Asked[] = []
    await using agent = await connect({ home }, async (one) => {
      asked.push(one)
      expect(await examine(home)).toMatchObject({ available: GRANT - PRICE, difference: null })
      return 'accept'
    })
    answerOf(await agent.make())
    expect(asked).toMatchObject([{ message: expect.stringContaining('costs $0.05 here') }])
    expect(await examine(home)).toMatchObject({ available: GRANT - PRICE, difference: null })
    expect(await approvals(home)).toMatchObject([{ status: 'used' }])
  })

  test('asks its person over HTTP, with a key that may not buy', async () => {
    using home = temporaryHome(ASKS)
    await inkwell(home, ['usage'])
    const { where, opened } = await overHttp(home)
    await using _server = opened
    await using agent = await connect(where, async () => 'accept')
    answerOf(await agent.make())
    expect(await examine(home)).toMatchObject({ available: GRANT - PRICE, difference: null })
  })

  test('declined, nothing is made or held, and the same call is told so', async () => {
    using home = temporaryHome(ASKS)
    let asked = 0
    await using agent = await connect({ home }, async () => {
      asked += 1
      return 'decline'
    })
    for (let calls = 0; calls < 2; calls += 1)
      expect(errorOf(await agent.make())).toMatchObject({
        code: 'approval_required',
        approval: { status: 'refused' },
      })
    expect(asked).toBe(1)
    expect(await examine(home)).toMatchObject({ available: GRANT, difference: null })
  })

  test('closed without an answer, the call waits, and goes on once the command line approves', async () => {
    using home = temporaryHome(ASKS)
    await using agent = await connect({ home }, async () => 'cancel')
    const { approval, hint } = errorOf(await agent.make()) as never as {
      approval: { id: string; status: string }
      hint: string
    }
    expect(approval.status).toBe('pending')
    expect(hint).toContain(`inkwell approvals approve ${approval.id}`)
    const run = await inkwell(home, ['approvals', 'approve', approval.id])
    expect(run).toMatchObject({ code: 0 })
    answerOf(await agent.make())
    expect(await examine(home)).toMatchObject({ available: GRANT - PRICE, difference: null })
  })

  test('gone while its person thinks, the price is held once, and its server may go too', async () => {
    using home = temporaryHome(ASKS)
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
    const left = await connect({ home }, () => {
      ask()
      return new Promise(() => {})
    })
    void left.make().catch(() => {})
    await asked
    await left[Symbol.asyncDispose]()
    expect(await examine(home)).toMatchObject({ available: GRANT - PRICE, difference: null })
    const [waits] = await approvals(home)
    expect(waits).toMatchObject({ status: 'pending' })
    for (let times = 0; times < 2; times += 1)
      // a person who is not sure that it went through
      expect(await inkwell(home, ['approvals', 'approve', waits?.id ?? ''])).toMatchObject({
        code: 0,
      })
    await using agent = await connect({ home })
    answerOf(await agent.make())
    expect(await examine(home)).toMatchObject({ available: GRANT - PRICE, difference: null })
  })

  test('without a person, or with a key for generate alone, it gets the link of the page', async () => {
    using home = temporaryHome(ASKS)
    await inkwell(home, ['usage'])
    const { where, opened } = await overHttp(home, ['generate'])
    await using _server = opened
    let asked = 0
    const person: Person = async () => {
      asked += 1
      return 'accept'
    }
    for (const one of [undefined, person]) {
      await using agent = await connect(where, one)
      const { approval, hint } = errorOf(await agent.make()) as never as {
        approval: { id: string; url: string }
        hint: string
      }
      expect(approval.url).toBe(`${opened.url}/approvals/${approval.id}`)
      expect(hint).toContain(approval.url)
      expect(hint).not.toContain('inkwell approvals')
    }
    expect(asked).toBe(0)
    expect(await approvals(home)).toMatchObject([{ status: 'pending' }])
  })
})
