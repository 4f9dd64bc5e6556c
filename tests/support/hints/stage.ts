import { ACCOUNT, inkwell, temporaryHome, type Home, type Ran, type RunOptions } from '../app.ts'
import { connectV2, type ListedTool, type TestClient } from '../clients.ts'
import { startFalEmulator, type FalEmulator } from '../../services/fal/emulator.ts'
import {
  bearer,
  connectPinned,
  issued,
  serveHttp,
  type HttpClient,
  type HttpServer,
  type Json,
} from '../http.ts'
import type { KeyOptions } from '../../../src/accounts/keys.ts'
import { bindMode } from '../../../src/ledger/metadata.ts'
import { openAccount } from '../../../src/ledger/ledger.ts'
import type { Settings } from '../app.ts'
import { liveHome } from '../live.ts'
import type { Row } from './row.ts'

type Request = { method?: string; headers?: Settings; body?: string; json?: unknown }

/** Whoever calls tools, over stdio or HTTP. */
export type Client = Pick<TestClient, 'call'>

/** Every way in, on a home of its own. What is opened is closed with it. */
export type Stage = AsyncDisposable & {
  home: Home
  /** The fal.ai of a row in live mode. */
  fal(): FalEmulator
  /** A new process on stdio with a client; settings besides those of the row are those of this process alone. */
  agent(settings?: Settings): Promise<TestClient>
  /** The HTTP server, started with its first use. */
  server(settings?: Settings): Promise<HttpServer>
  /** Issues a key of the account of this machine. */
  key(options?: KeyOptions): Promise<string>
  /** A client over HTTP. */
  remote(key: string): Promise<HttpClient>
  /** A request, and its answer as JSON. */
  ask(path: string, key?: string, request?: Request): Promise<{ status: number; body: Json }>
  /** The paths that the REST API says it has. */
  routes(): Promise<string[]>
  /** Runs a command line to its end. */
  run(args: readonly string[], options?: RunOptions): Promise<Ran>
  /** Closes something with the stage. */
  keep(opened: AsyncDisposable): void
  /** The tools that the last client was told of. */
  tools(): readonly ListedTool[]
}

export async function openStage({
  settings = {},
  live,
}: Pick<Row, 'settings' | 'live'>): Promise<Stage> {
  const kept = new AsyncDisposableStack()
  const fal = live === undefined ? undefined : kept.use(await startFalEmulator(live))
  const home = kept.use(fal === undefined ? temporaryHome(settings) : liveHome(fal, settings))
  let tools: readonly ListedTool[] = []
  let served: Promise<HttpServer> | undefined

  const server: Stage['server'] = (env) =>
    (served ??= serveHttp(home, { INKWELL_LOG_LEVEL: 'silent', ...env }).then((one) =>
      kept.use(one),
    ))
  const ask: Stage['ask'] = async (path, key, { json, headers, ...request } = {}) => {
    const { url } = await server()
    const sent = json === undefined ? {} : { body: JSON.stringify(json), method: 'POST' }
    const type = json === undefined ? {} : { 'content-type': 'application/json' }
    const answer = await fetch(`${url}${path}`, {
      ...sent,
      ...request,
      headers: { ...bearer(key), ...type, ...headers },
    })
    return { status: answer.status, body: (await answer.json()) as Json }
  }
  return {
    home,
    server,
    fal: () => {
      if (fal === undefined) throw new Error('this row is not in live mode')
      return fal
    },
    agent: async (env = {}) => {
      const client = kept.use(await connectV2(home, env))
      tools = await client.tools()
      return client
    },
    key: async (options) => {
      await home.withLedger(async (db) => {
        await db.write(() => bindMode(live === undefined ? 'test' : 'live'))
        await db.write(() => openAccount(ACCOUNT, 'local', Date.now()))
      })
      return (await issued(home, ACCOUNT, options)).key
    },
    remote: async (key) => {
      const client = kept.use(await connectPinned(await server(), key))
      tools = ((await client.tools()) as { tools: ListedTool[] }).tools
      return client
    },
    ask,
    routes: async () => {
      const { body } = await ask('/openapi.json')
      return ['/openapi.json', ...Object.keys(body['paths'] as object)]
    },
    run: (args, options) => inkwell(home, args, options),
    keep: (opened) => void kept.use(opened),
    tools: () => tools,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}
