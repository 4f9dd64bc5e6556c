import { OpenAPIHono } from '@hono/zod-openapi'
import {
  hostHeaderValidationResponse,
  originValidationResponse,
} from '@modelcontextprotocol/server'
import { HTTPException } from 'hono/http-exception'
import { secureHeaders } from 'hono/secure-headers'
import type { App } from '../../app.ts'
import { linkSecret } from '../../ledger/metadata.ts'
import { toAppError } from '../../to-app-error.ts'
import { allPages } from '../../web/web.ts'
import { describeApi } from './document.ts'
import type { HttpEnv } from './context/env.ts'
import { createLinks } from '../../generations/links.ts'
import { createMcpEndpoint } from './mcp-endpoint.ts'
import { mcpRoutes } from './mcp-routes.ts'
import { observed } from './observe.ts'
import { operationsRoutes } from './operations.ts'
import {
  limited,
  malformed,
  noSuchAddress,
  notFromThere,
  refusal,
  refuseInvalid,
} from './context/refusals.ts'
import { assetRoutes } from './rest/assets.ts'
import { checkoutRoutes } from './rest/checkout.ts'
import { creditsRoutes } from './rest/credits.ts'
import { generationRoutes } from './rest/generations.ts'
import { usageRoutes } from './rest/usage.ts'
import { webhookRoute } from './webhook.ts'

/** Largest request that is neither MCP nor an upload, in bytes. */
const BODY_MAX = 64 * 1024

export type HttpServer = {
  fetch: (request: Request) => Response | Promise<Response>
  /** Ends the connections on which nothing is being answered. */
  quiet(): void
  /** Ends all connections. What was asked for goes on: nobody gave it up. */
  close(): Promise<void>
}

export type HttpOptions = {
  /** The names it answers to, without ports. */
  hosts: readonly string[]
  /** The origin that clients reach it by, where that is not the one they ask for. */
  publicUrl: string | undefined
}

/** The whole HTTP face: MCP, the REST API, its document, health and metrics. */
export async function createHttp(app: App, { hosts, publicUrl }: HttpOptions): Promise<HttpServer> {
  const api = new OpenAPIHono<HttpEnv>({ defaultHook: (result) => refuseInvalid(result) })
  const links = createLinks(await app.db.write(linkSecret), app.generations.now)
  const linksFor = (request: Request) => (assetId: string) =>
    `${publicUrl ?? new URL(request.url).origin}${links.pathTo(assetId)}`
  const mcp = createMcpEndpoint(app, linksFor)
  api.use(secureHeaders({ referrerPolicy: 'same-origin', xFrameOptions: 'DENY' })) // without an own policy a form has no Origin
  api.use(async (context, next) => {
    context.set('app', app)
    context.set('links', links)
    context.set('linkTo', linksFor(context.req.raw))
    await next()
  })
  api.use(observed)
  api.use(async ({ req }, next) => {
    const refused =
      hostHeaderValidationResponse(req.raw, [...hosts]) ??
      originValidationResponse(req.raw, [...hosts])
    if (refused !== undefined) throw notFromThere()
    await next()
  })
  operationsRoutes(api, app.meter, mcp)
  webhookRoute(api)
  mcpRoutes(api, mcp)
  assetRoutes(api) // before the bound on bodies: an upload has its own
  api.use(limited(BODY_MAX))
  usageRoutes(api)
  creditsRoutes(api)
  generationRoutes(api)
  checkoutRoutes(api)
  api.route('/', allPages())
  describeApi(api)
  api.notFound((context) => refusal(context, noSuchAddress()))
  api.onError((error, context) => {
    // Whoever hung up in the middle of a request is told nothing, and that is no fault.
    if (context.req.raw.signal.aborted) return context.body(null, 400)
    const known = error instanceof HTTPException ? malformed(error) : error
    return refusal(context, toAppError(known, app.log, context.req.path))
  })
  return {
    fetch: (request) => api.fetch(request),
    quiet: () => mcp.quiet(),
    close: () => mcp.close(),
  }
}
