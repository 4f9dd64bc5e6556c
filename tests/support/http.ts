import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import {
  Client as Client2,
  StreamableHTTPClientTransport as Http2,
  type VersionNegotiationMode,
} from '@modelcontextprotocol/client'
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as Http1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { createAccount } from '../../src/accounts/accounts.ts'
import type { ApiKey } from '../../src/accounts/api-key.ts'
import { issueKey, type KeyOptions } from '../../src/accounts/keys.ts'
import type { Mode } from '../../src/mode.ts'
import { bindMode } from '../../src/ledger/metadata.ts'
import { ARGS, COMMAND, REPOSITORY, type Home, type Settings } from './app.ts'
import type { ToolResult } from './clients.ts'

export type Issued = ApiKey & { key: string }

/** Opens an account with a name, and answers its id. */
export async function openedAccount(
  home: Home,
  name: string,
  mode: Mode = 'test',
): Promise<string> {
  return await home.withLedger(async (db) => {
    await db.write(() => bindMode(mode))
    return (await db.write(() => createAccount(name, Date.now()))).id
  })
}

/** Issues a key of an account. */
export async function issued(
  home: Home,
  accountId: string,
  options: KeyOptions = {},
): Promise<Issued> {
  return await home.withLedger((db) => db.write(() => issueKey(accountId, options, Date.now())))
}

export type HttpServer = AsyncDisposable & {
  process: ChildProcess
  url: string
  /** Asks for a path with a key, or with none. */
  get(path: string, key?: string, headers?: Settings): Promise<Response>
  /** The JSON of a path with its status. */
  json(path: string, key?: string, headers?: Settings): Promise<{ status: number; body: Json }>
  /** Asks it to stop and answers its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Any JSON: tests say what they expect of it. */
export type Json = Record<string, unknown>

type ServeOptions = {
  /** More of the command line. */
  args?: readonly string[]
  /** A file for the log, which else goes where that of the tests goes. */
  stderr?: number
  /** The folder of another version. */
  root?: string
}

/** Starts `inkwell serve` as a process of its own, on a free port. */
export async function serveHttp(
  home: Home,
  env: Settings = {},
  { args = [], stderr = 2, root = REPOSITORY }: ServeOptions = {},
): Promise<HttpServer> {
  const child = spawn(COMMAND, [...ARGS, 'serve', '--port', '0', ...args], {
    cwd: root,
    env: { INKWELL_LOG_LEVEL: 'warn', ...home.env, ...env },
    stdio: ['ignore', 'pipe', stderr],
  })
  if (child.stdout === null) throw new Error('the server has no stdout')
  const exit = once(child, 'exit') as Promise<[number | null]>
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    exit.then(() => Promise.reject(new Error('the server did not start'))),
  ])) as [string]
  const url = line.slice(line.indexOf('http://'))
  const get: HttpServer['get'] = (path, key, headers = {}) =>
    fetch(`${url}${path}`, { headers: { ...bearer(key), ...headers } })
  return {
    process: child,
    url,
    get,
    json: async (path, key, headers) => {
      const answer = await get(path, key, headers)
      return { status: answer.status, body: (await answer.json()) as Json }
    },
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal)
      return (await exit)[0]
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await exit
    },
  }
}

/** The header of a key. */
export function bearer(key?: string): Settings {
  return key === undefined ? {} : { authorization: `Bearer ${key}` }
}

/** What `POST /mcp` takes and gives, as headers. */
export const MCP_HEADERS = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
}

/** The first message of a client of 2025-11-25. */
export const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'test', version: '1' },
  },
}

/** A real client of either SDK, connected over HTTP. */
export type HttpClient = AsyncDisposable & {
  call(name: string, args?: object): Promise<ToolResult>
  tools(): Promise<unknown>
  /** The contents of a resource. */
  read(uri: string): Promise<{ uri: string; mimeType?: string; text?: string; blob?: string }>
  templates(): Promise<string[]>
  version: string | undefined
  /** The id of its session, for clients of 2025. */
  sessionId: string | undefined
}
export type ConnectHttp = (
  server: HttpServer,
  key: string,
  headers?: Settings,
) => Promise<HttpClient>

const IDENTITY = { name: 'inkwell-tests', version: '1.0.0' }
const TIMEOUT = { timeout: 50_000 }

/** Connects the client of SDK 1.x. */
export const connectHttp1: ConnectHttp = async (server, key, headers = {}) => {
  const client = new Client1(IDENTITY)
  const requestInit = { headers: { ...bearer(key), ...headers } }
  const transport = new Http1(new URL('/mcp', server.url), { requestInit })
  await client.connect(transport)
  return {
    call: async (name, args = {}) =>
      (await client.callTool({ name, arguments: { ...args } }, undefined, TIMEOUT)) as ToolResult,
    tools: () => client.listTools(),
    read: async (uri) => first((await client.readResource({ uri })).contents),
    templates: async () =>
      (await client.listResourceTemplates()).resourceTemplates.map((one) => one.uriTemplate),
    version: transport.protocolVersion,
    sessionId: transport.sessionId,
    [Symbol.asyncDispose]: () => client.close(),
  }
}

const connectHttp2 =
  (mode: VersionNegotiationMode): ConnectHttp =>
  async (server, key, headers = {}) => {
    const client = new Client2(IDENTITY, { versionNegotiation: { mode } })
    const requestInit = { headers: { ...bearer(key), ...headers } }
    const transport = new Http2(new URL('/mcp', server.url), { requestInit })
    await client.connect(transport)
    return {
      call: async (name, args = {}) =>
        (await client.callTool({ name, arguments: { ...args } }, TIMEOUT)) as ToolResult,
      tools: () => client.listTools(),
      read: async (uri) => first((await client.readResource({ uri })).contents),
      templates: async () =>
        (await client.listResourceTemplates()).resourceTemplates.map((one) => one.uriTemplate),
      version: client.getNegotiatedProtocolVersion(),
      sessionId: transport.sessionId,
      [Symbol.asyncDispose]: () => client.close(),
    }
  }

/** The client of SDK 2.x that speaks 2026-07-28 only: no session of its own. */
export const connectPinned = connectHttp2({ pin: '2026-07-28' })

/** Every kind of client that hosts are built on, with the protocol it must end up with. */
export const HTTP_CLIENTS: readonly { client: string; protocol: string; connect: ConnectHttp }[] = [
  { client: 'SDK 1.x', protocol: '2025-11-25', connect: connectHttp1 },
  { client: 'SDK 2.x by default', protocol: '2025-11-25', connect: connectHttp2('legacy') },
  { client: 'SDK 2.x that negotiates', protocol: '2026-07-28', connect: connectHttp2('auto') },
  { client: 'SDK 2.x pinned to 2026-07-28', protocol: '2026-07-28', connect: connectPinned },
]

function first(contents: readonly object[]) {
  return contents[0] as Awaited<ReturnType<HttpClient['read']>>
}
