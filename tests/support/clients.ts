import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { Client as Client2, type VersionNegotiationMode } from '@modelcontextprotocol/client'
import { StdioClientTransport as Stdio2 } from '@modelcontextprotocol/client/stdio'
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as Stdio1 } from '@modelcontextprotocol/sdk/client/stdio.js'
import { ARGS, COMMAND, REPOSITORY, type Home, type Settings } from './app.ts'
import { FROM_SOURCES } from './program.ts'

type Content = {
  type: string
  text?: string
  data?: string
  mimeType?: string
  uri?: string
  name?: string
}

/** A result of a tool as a client got it. What is structured is any JSON: tests say what they expect of it. */
export type ToolResult = {
  content: Content[]
  structuredContent?: Record<string, unknown>
  isError?: boolean
}

export type ListedTool = {
  name: string
  title?: string
  description?: string
  inputSchema: Record<string, unknown>
  outputSchema?: Record<string, unknown>
  annotations?: Record<string, unknown>
}

type Notice = { progress: number; message?: string | undefined }

/** A real client of either SDK, connected to a server process of its own. */
export type TestClient = AsyncDisposable & {
  call(name: string, args?: object, onProgress?: (notice: Notice) => void): Promise<ToolResult>
  tools(): Promise<ListedTool[]>
  /** URIs of the resources that are listed. */
  resources(): Promise<string[]>
  /** A resource that is one JSON document. */
  read(uri: string): Promise<Record<string, unknown>>
  instructions(): string | undefined
  /** Protocol version agreed on. */
  version: string | undefined
}

type Connect = (home: Home, env?: Settings) => Promise<TestClient>

const IDENTITY = { name: 'inkwell-tests', version: '1.0.0' }
const TIMEOUT_MS = 50_000

function server(home: Home, env: Settings = {}) {
  return {
    command: COMMAND,
    args: ARGS,
    cwd: REPOSITORY,
    env: { ...home.env, ...env },
    stderr: 'ignore' as const,
  }
}

/** Connects the client of SDK 1.x: protocol 2025-11-25. */
const connectV1: Connect = async (home, env) => {
  const client = new Client1(IDENTITY)
  let version: string | undefined
  const transport = new Stdio1(server(home, env))
  Object.assign(transport, { setProtocolVersion: (agreed: string) => (version = agreed) })
  await client.connect(transport)
  return {
    call: async (name, args = {}, onprogress) =>
      (await client.callTool({ name, arguments: { ...args } }, undefined, {
        timeout: TIMEOUT_MS,
        ...(onprogress && { onprogress }),
      })) as ToolResult,
    tools: async () => (await client.listTools()).tools as ListedTool[],
    resources: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    read: async (uri) => parse((await client.readResource({ uri })).contents),
    instructions: () => client.getInstructions(),
    version,
    [Symbol.asyncDispose]: () => client.close(),
  }
}

/** Connects the client of SDK 2.x as it comes: it opens with the 2025 handshake. */
export const connectV2: Connect = (home, env) => connect2('legacy', home, env)

async function connect2(
  mode: VersionNegotiationMode,
  home: Home,
  env: Settings | undefined,
): Promise<TestClient> {
  const client = new Client2(IDENTITY, { versionNegotiation: { mode } })
  await client.connect(new Stdio2(server(home, env)))
  return {
    call: async (name, args = {}, onprogress) =>
      (await client.callTool(
        { name, arguments: { ...args } },
        { timeout: TIMEOUT_MS, ...(onprogress && { onprogress }) },
      )) as ToolResult,
    tools: async () => (await client.listTools()).tools as ListedTool[],
    resources: async () => (await client.listResources()).resources.map(({ uri }) => uri),
    read: async (uri) => parse((await client.readResource({ uri })).contents),
    instructions: () => client.getInstructions(),
    version: client.getNegotiatedProtocolVersion(),
    [Symbol.asyncDispose]: () => client.close(),
  }
}

/** Every kind of client that hosts are built on, with the protocol it must end up with. */
export const CLIENTS: readonly { client: string; protocol: string; connect: Connect }[] = [
  { client: 'SDK 1.x', protocol: '2025-11-25', connect: connectV1 },
  { client: 'SDK 2.x by default', protocol: '2025-11-25', connect: connectV2 },
  {
    client: 'SDK 2.x that negotiates',
    protocol: '2026-07-28',
    connect: (home, env) => connect2('auto', home, env),
  },
  {
    client: 'SDK 2.x pinned to 2026-07-28',
    protocol: '2026-07-28',
    connect: (home, env) => connect2({ pin: '2026-07-28' }, home, env),
  },
]

function parse(contents: readonly object[]): Record<string, unknown> {
  const [first] = contents as { text?: string }[]
  return JSON.parse(first?.text ?? '') as Record<string, unknown>
}

type Message = { id?: number; method?: string; result?: unknown; error?: { code: number } }

/** A server process spoken to line by line, to see what really goes over the wire. */
export type RawServer = AsyncDisposable & {
  process: ChildProcess
  /** Every line of stdout so far, as it was. */
  lines: string[]
  /** All of stderr, once the process has ended. */
  stderr: Promise<string>
  send(message: object): void
  request(method: string, params?: object): Promise<Message>
  /** Opens the 2025 handshake. */
  initialize(): Promise<void>
  /** Ends stdin and answers how long the process took to go, in milliseconds. */
  end(): Promise<{ code: number | null; tookMs: number }>
}

type RawOptions = {
  env?: Settings
  /** Arguments of Node.js itself. */
  nodeArgs?: string[]
  /** Runs the sources, as a clone does. */
  fromSources?: boolean
  /** What becomes of stderr: read, left unread in its pipe, closed at the other end, or written to this descriptor. */
  stderr?: 'read' | 'unread' | 'closed' | number
}

/** Starts a server with pipes. */
export function startRaw(
  home: Home,
  { env = {}, nodeArgs = [], fromSources, stderr = 'read' }: RawOptions = {},
): RawServer {
  const child = spawn(COMMAND, [...nodeArgs, ...(fromSources === true ? FROM_SOURCES : ARGS)], {
    cwd: REPOSITORY,
    env: { ...home.env, ...env },
    stdio: ['pipe', 'pipe', typeof stderr === 'number' ? stderr : 'pipe'],
  }) as ChildProcessByStdio<Writable, Readable, Readable | null>
  if (stderr === 'closed') child.stderr?.destroy()
  const exit = once(child, stderr === 'unread' ? 'exit' : 'close') as Promise<[number | null]> // all of stdout is read by then
  const lines: string[] = []
  const waiting = new Map<number, (message: Message) => void>()
  const read = (line: string): void => {
    lines.push(line)
    const message = messageOf(line)
    if (message?.id !== undefined) waiting.get(message.id)?.(message)
  }
  createInterface({ input: child.stdout }).on('line', read)
  const send = (message: object): void =>
    void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
  let last = 0
  const request = async (method: string, params: object = {}): Promise<Message> => {
    const id = (last += 1)
    const answer = new Promise<Message>((done) => waiting.set(id, done))
    send({ id, method, params })
    return await Promise.race([
      answer,
      exit.then(() => Promise.reject(new Error('the server ended without an answer'))),
    ])
  }
  return {
    process: child,
    lines,
    stderr: stderr === 'read' && child.stderr !== null ? text(child.stderr) : Promise.resolve(''),
    send,
    request,
    initialize: async () => {
      await request('initialize', {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: IDENTITY,
      })
      send({ method: 'notifications/initialized' })
    },
    end: async () => {
      const startedAt = performance.now()
      child.stdin.end()
      const [code] = await exit
      return { code, tookMs: performance.now() - startedAt }
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await exit
    },
  }
}

/** The message of a line, also after a stray beginning: tests look at `lines` for what should not be there. */
function messageOf(line: string): Message | undefined {
  try {
    return JSON.parse(line.slice(Math.max(0, line.indexOf('{')))) as Message
  } catch {
    return undefined
  }
}
