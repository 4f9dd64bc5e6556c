import {
  createMcpHandler,
  isInitializeRequest,
  isLegacyRequest,
  ProtocolErrorCode,
  type AuthInfo,
  type ServerContext,
} from '@modelcontextprotocol/server'
import type { Caller } from '../../accounts/caller.ts'
import { keyCaller } from '../../accounts/key-caller.ts'
import type { Principal } from '../../accounts/principal.ts'
import type { App } from '../../app.ts'
import { BATCH_VERSION, NO_BATCH } from '../mcp/batches.ts'
import { buildServer, type TransportBinding } from '../mcp/mcp.ts'
import { namedSession } from './context/caller.ts'
import { createMcpSessions } from './mcp-sessions.ts'
import { rpcError } from './context/replies.ts'

type LinksFor = (request: Request) => (assetId: string) => string

export type McpEndpoint = {
  handle(request: Request, body: unknown, principal: Principal): Promise<Response>
  /** Returns the number of open sessions. */
  sessions(): number
  /** Ends the streams for messages that the server starts. Responses continue. */
  closeIdleStreams(): void
  /** Ends all streams. The work behind them is not cancelled. */
  close(): Promise<void>
}

/**
 * MCP over HTTP for all protocol versions: sessions for clients of 2025, one response per request for
 * clients of 2026-07-28.
 */
export function createMcpEndpoint(app: App, linksFor: LinksFor): McpEndpoint {
  const binding: TransportBinding = {
    callerOf: (context) => callerIn(app, context, linksFor),
    mayCancel: () => !app.generations.stopping.aborted,
  }
  const build = () => buildServer(app, binding)
  const sessions = createMcpSessions(app, build)
  const modern = createMcpHandler(build, {
    legacy: 'reject',
    responseMode: 'sse',
    onerror: (error) => app.log.warn('mcp.request', { reason: error.message }),
  })

  const legacy = async (
    request: Request,
    parsedBody: unknown,
    principal: Principal,
  ): Promise<Response> => {
    const authInfo = authOf(principal)
    const id = request.headers.get('mcp-session-id')
    const opens = isInitializeRequest(parsedBody)
    if (id === null && !opens)
      return rpcError(400, -32_000, 'Bad Request: Mcp-Session-Id is missing')
    const known = id === null ? null : await sessions.find(id, principal.keyId, authInfo)
    if (known === null && !opens) return rpcError(404, -32_001, 'Session not found')
    if (known === null) await app.requestLimit.count(principal.keyId, 'sessions')
    // A client that lost its session opens a new one and may still send the old id.
    const transport = known ?? (await sessions.open(principal.keyId, parsedBody))
    return await transport.handleRequest(request, { parsedBody, authInfo })
  }

  return {
    handle: async (request, body, principal) => {
      if (Array.isArray(body) && !mayBatch(request)) {
        app.log.warn('mcp.request', { reason: NO_BATCH })
        return rpcError(400, ProtocolErrorCode.InvalidRequest, NO_BATCH)
      }
      return (await isLegacyRequest(request, body))
        ? await legacy(request, body, principal)
        : await modern.fetch(request, { parsedBody: body, authInfo: authOf(principal) })
    },
    sessions: () => sessions.count(),
    closeIdleStreams: () => sessions.closeIdleStreams(),
    close: async () => {
      await sessions.close()
      await modern.close()
    },
  }
}

/** Clients of that version send no version header. */
function mayBatch({ headers }: Request): boolean {
  return (headers.get('mcp-protocol-version') ?? BATCH_VERSION) === BATCH_VERSION
}

/** Passes the principal of a request to its handler, but never the key itself. */
function authOf(principal: Principal): AuthInfo {
  return {
    token: '',
    clientId: principal.keyId,
    scopes: [...principal.scopes],
    extra: { principal },
  }
}

function callerIn(app: App, { http, sessionId }: ServerContext, linksFor: LinksFor): Caller {
  const principal = http?.authInfo?.extra?.['principal'] as Principal | undefined
  if (principal === undefined || http?.req === undefined)
    throw new Error('a request without its principal reached a tool')
  const hints = { header: namedSession(http.req.headers), mcpSession: sessionId ?? null }
  const caller = keyCaller(principal, hints, { ...app, now: app.now() })
  return { ...caller, linkTo: linksFor(http.req) }
}
