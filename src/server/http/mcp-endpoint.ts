import { randomUUID } from 'node:crypto'
import {
  createMcpHandler,
  isInitializeRequest,
  isLegacyRequest,
  WebStandardStreamableHTTPServerTransport,
  type AuthInfo,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { Principal } from '../../accounts/keys.ts'
import type { App } from '../../app.ts'
import { buildServer, type Entrance } from '../mcp.ts'
import { callerOver, namedSession } from './caller.ts'
import { rpcError } from './replies.ts'

/** How long a session of a 2025-era client may be silent before it is closed, in milliseconds. */
const IDLE_MS = 30 * 60_000
const SWEEP_MS = 60_000
/** Sessions of one key kept open at once: some clients begin one for every call and end none. */
const SESSIONS_MAX = 200

type Session = {
  transport: WebStandardStreamableHTTPServerTransport
  keyId: string
  usedAt: number
}

type LinksFor = (request: Request) => (assetId: string) => string

export type McpEndpoint = {
  handle(request: Request, body: unknown, principal: Principal): Promise<Response>
  /** How many sessions are open. */
  sessions(): number
  /** Ends the streams on which the server may speak first; answers go on. */
  quiet(): void
  /** Ends all streams. That is no cancellation of the work behind them. */
  close(): Promise<void>
}

/**
 * MCP over HTTP for clients of every era: sessions for those of 2025, one answer a request for those of
 * 2026-07-28. A session belongs to the key that opened it.
 */
export function createMcpEndpoint(app: App, linksFor: LinksFor): McpEndpoint {
  const sessions = new Map<string, Session>()
  let stopping = false
  const entrance: Entrance = {
    callerOf: (context) => callerIn(app, context, linksFor),
    mayCancel: () => !stopping,
  }
  const onerror = (error: Error): void => app.log.warn('mcp.request', { reason: error.message })
  const modern = createMcpHandler(() => buildServer(app, entrance), {
    legacy: 'reject',
    responseMode: 'sse',
    onerror,
  })
  const sweep = setInterval(() => void closeIdle(sessions), SWEEP_MS)
  sweep.unref()

  const open = async (keyId: string): Promise<WebStandardStreamableHTTPServerTransport> => {
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, { transport, keyId, usedAt: Date.now() }),
      onsessionclosed: (id) => void sessions.delete(id),
    })
    await closeSurplus(sessions, keyId)
    await buildServer(app, entrance).connect(transport)
    return transport
  }

  const legacy = async (
    request: Request,
    parsedBody: unknown,
    principal: Principal,
  ): Promise<Response> => {
    const authInfo = authOf(principal)
    const id = request.headers.get('mcp-session-id')
    if (id === null) {
      if (!isInitializeRequest(parsedBody))
        return rpcError(400, -32_000, 'Bad Request: Mcp-Session-Id is missing')
      return await (await open(principal.keyId)).handleRequest(request, { parsedBody, authInfo })
    }
    const session = sessions.get(id)
    if (session?.keyId !== principal.keyId) return rpcError(404, -32_001, 'Session not found')
    session.usedAt = Date.now()
    return await session.transport.handleRequest(request, { parsedBody, authInfo })
  }

  return {
    handle: async (request, body, principal) =>
      (await isLegacyRequest(request, body))
        ? await legacy(request, body, principal)
        : await modern.fetch(request, { parsedBody: body, authInfo: authOf(principal) }),
    sessions: () => sessions.size,
    quiet: () => {
      for (const { transport } of sessions.values()) transport.closeStandaloneSSEStream()
    },
    close: async () => {
      stopping = true
      clearInterval(sweep)
      await Promise.all([...sessions.values()].map(({ transport }) => transport.close()))
      await modern.close()
    },
  }
}

async function closeIdle(sessions: Map<string, Session>): Promise<void> {
  const idle = [...sessions].filter(([, { usedAt }]) => usedAt < Date.now() - IDLE_MS)
  await closeThese(sessions, idle)
}

/** Makes room for one more session of a key: those that were silent longest go. */
async function closeSurplus(sessions: Map<string, Session>, keyId: string): Promise<void> {
  const own = [...sessions].filter(([, session]) => session.keyId === keyId)
  const oldest = own.toSorted(([, a], [, b]) => a.usedAt - b.usedAt)
  await closeThese(sessions, oldest.slice(0, Math.max(0, own.length - SESSIONS_MAX + 1)))
}

async function closeThese(
  sessions: Map<string, Session>,
  these: readonly [string, Session][],
): Promise<void> {
  for (const [id, { transport }] of these) {
    sessions.delete(id)
    await transport.close()
  }
}

/** Who asks goes with each request to its handler; the key itself does not. */
function authOf(principal: Principal): AuthInfo {
  return {
    token: '',
    clientId: principal.keyId,
    scopes: [...principal.scopes],
    extra: { principal },
  }
}

function callerIn(
  app: App,
  { http, sessionId }: ServerContext,
  linksFor: LinksFor,
): ReturnType<typeof callerOver> {
  const principal = http?.authInfo?.extra?.['principal'] as Principal | undefined
  if (principal === undefined || http?.req === undefined)
    throw new Error('a request without its principal reached a tool')
  return callerOver(app, principal, {
    header: namedSession(http.req.headers),
    mcpSession: sessionId ?? null,
    linkTo: linksFor(http.req),
  })
}
