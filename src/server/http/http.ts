import { OpenAPIHono } from '@hono/zod-openapi'
import {
  hostHeaderValidationResponse,
  originValidationResponse,
} from '@modelcontextprotocol/server'
import type { MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { App } from '../../app.ts'
import { linkSecret } from '../../ledger/metadata.ts'
import { toAppError } from '../../to-app-error.ts'
import { allPages } from '../../web/web.ts'
import { compressed } from './context/compress.ts'
import { describeApi } from './document.ts'
import { withConnectors, withoutConnectors } from './connectors.ts'
import { boundedJson } from './context/bounds.ts'
import type { HttpEnv } from './context/env.ts'
import { withHeaders } from './context/headers.ts'
import { serverStops } from '../../generations/refuse.ts'
import { createLinks } from '../../generations/links.ts'
import { createMcpEndpoint } from './mcp-endpoint.ts'
import { mcpRoutes } from './mcp-routes.ts'
import { observed } from './observe.ts'
import { collect } from './metrics.ts'
import { metricsRoute, probes } from './operations.ts'
import { createRouter } from './router.ts'
import { writtenTogether } from './turns.ts'
import {
  limited,
  malformed,
  unknownRoute,
  originNotAllowed,
  refusal,
  shownRefusal,
  refuseInvalid,
} from './context/refusals.ts'
import { adminRoutes } from './admin/routes.ts'
import { assetRoutes } from './rest/assets.ts'
import { checkoutRoutes } from './rest/checkout.ts'
import { creditsRoutes } from './rest/credits.ts'
import { generationRoutes } from './rest/generations.ts'
import { receiptRoutes } from './rest/receipts.ts'
import { usageRoutes } from './rest/usage.ts'
import { webhookRoute } from './webhook.ts'

/** Largest request that is neither MCP nor an upload, in bytes. */
const BODY_MAX = 64 * 1024

export type HttpServer = {
  fetch: (request: Request) => Response | Promise<Response>
  /** Answers `/healthz`, `/readyz` and `/metrics`, whatever the Host. */
  fetchMetrics: (request: Request) => Response | Promise<Response>
  /** Reports that the server is not ready, so that balancers send no more requests to it. */
  leaveRotation(): void
  /** Ends the streams on which no response is pending. */
  closeIdleStreams(): void
  /** Ends all connections. The work behind them continues: it is not cancelled. */
  close(): Promise<void>
}

export type HttpOptions = {
  /** Host names that requests may use, without ports. */
  hosts: readonly string[]
  /** The public origin for links, if it differs from the origin that requests name. */
  publicUrl: string | undefined
  /** Whether clients can sign in by themselves, at the public origin. */
  hasConnectors?: boolean
  /** Whether `/metrics` is served at an address of its own. */
  metricsApart?: boolean
}

/** Creates the HTTP server: MCP, the REST API, the OpenAPI document, the pages, health and metrics. */
export async function createHttp(
  app: App,
  { hosts, publicUrl, hasConnectors = false, metricsApart = false }: HttpOptions,
): Promise<HttpServer> {
  const api = new OpenAPIHono<HttpEnv>({
    defaultHook: (result) => refuseInvalid(result),
    router: createRouter(),
  })
  const links = createLinks(await app.db.write(linkSecret), app.now)
  // The Host header is checked; the target of a request may name another host.
  const originOf = ({ headers }: Request): string => publicUrl ?? `http://${headers.get('host')}`
  const linksFor = (request: Request) => (assetId: string) =>
    `${originOf(request)}${links.pathTo(assetId)}`
  const mcp = createMcpEndpoint(app, linksFor)
  const connectors =
    publicUrl === undefined || !hasConnectors
      ? undefined
      : { origin: publicUrl, server: () => app.authorizationServer(publicUrl) }
  api.use(await withHeaders())
  api.use(async (context, next) => {
    context.set('app', app)
    context.set('links', links)
    context.set('origin', originOf(context.req.raw))
    context.set('linkTo', linksFor(context.req.raw))
    if (connectors !== undefined) context.set('connectors', connectors)
    if (app.identityProvider !== undefined) context.set('identity', app.identityProvider)
    await next()
  })
  api.use(observed)
  let isLeaving = false
  probes(api, () => isLeaving) // by address, too
  api.use(allowedFrom(hosts))
  const metrics = collect(app, () => mcp.sessions())
  if (!metricsApart) metricsRoute(api, metrics)
  api.use(async (context, next) => {
    if (!app.generations.stopping.aborted) return await next()
    context.header('connection', 'close')
    throw serverStops()
  })
  webhookRoute(api)
  if (connectors === undefined) withoutConnectors(api)
  else withConnectors(api, connectors)
  mcpRoutes(api, mcp)
  assetRoutes(api) // before the body limit, because uploads have their own
  api.use(limited(BODY_MAX), boundedJson, compressed, writtenTogether())
  usageRoutes(api)
  creditsRoutes(api)
  generationRoutes(api)
  receiptRoutes(api)
  checkoutRoutes(api)
  adminRoutes(api)
  api.route('/', allPages())
  describeApi(api)
  api.notFound((context) => shownRefusal(context, unknownRoute(context), app.mode))
  api.onError((error, context) => {
    // The client closed the connection: no response reaches it, and this is not an error.
    if (context.req.raw.signal.aborted) return context.body(null, 400)
    const known = error instanceof HTTPException ? malformed(error) : error
    return shownRefusal(context, toAppError(known, app.log, context.req.path), app.mode)
  })
  const apart = metricsApi(app, metrics, () => isLeaving)
  return {
    fetch: (request) => api.fetch(request),
    fetchMetrics: (request) => apart.fetch(request),
    leaveRotation: () => (isLeaving = true),
    closeIdleStreams: () => mcp.closeIdleStreams(),
    close: () => mcp.close(),
  }
}

/** Refuses requests to another host and from pages of another origin. The two headers that were allowed last are not read again. */
function allowedFrom(hosts: readonly string[]): MiddlewareHandler {
  const allowed = [...hosts]
  let last = ''
  return async ({ req }, next) => {
    const named = `${req.header('host') ?? ''}\n${req.header('origin') ?? ''}`
    if (named !== last) {
      const refused =
        hostHeaderValidationResponse(req.raw, allowed) ?? originValidationResponse(req.raw, allowed)
      if (refused !== undefined) throw originNotAllowed()
      last = named
    }
    await next()
  }
}

/** Routes for an address of its own, whatever the Host: probes and metrics. */
function metricsApi(app: App, metrics: ReturnType<typeof collect>, isLeaving: () => boolean) {
  const apart = new OpenAPIHono<HttpEnv>()
  apart.use(async (context, next) => {
    context.set('app', app)
    await next()
  })
  probes(apart, isLeaving)
  metricsRoute(apart, metrics)
  apart.notFound((context) => refusal(context, unknownRoute(context)))
  apart.onError((error, context) => refusal(context, toAppError(error, app.log, 'metrics')))
  return apart
}
