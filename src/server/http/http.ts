import { randomUUID } from 'node:crypto'
import { OpenAPIHono } from '@hono/zod-openapi'
import {
  hostHeaderValidationResponse,
  originValidationResponse,
} from '@modelcontextprotocol/server'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { secureHeaders } from 'hono/secure-headers'
import type { App } from '../../app.ts'
import { AppError } from '../../errors.ts'
import { VERSION } from '../../version.ts'
import { toAppError } from '../errors.ts'
import { principalOf } from './auth.ts'
import { namedSession } from './caller.ts'
import type { HttpEnv } from './env.ts'
import { healthRoutes } from './health.ts'
import { createMcpEndpoint } from './mcp-endpoint.ts'
import { errorBody, rpcError, statusOf } from './replies.ts'
import { creditsRoutes } from './rest/credits.ts'
import { generationRoutes } from './rest/generations.ts'
import { usageRoutes } from './rest/usage.ts'

/** Largest MCP request taken, in bytes: a few input images as data URIs. */
const MCP_BODY_MAX = 32 * 1024 * 1024
/** Largest request of any other kind, in bytes. */
const BODY_MAX = 64 * 1024

export type HttpServer = {
  fetch: (request: Request) => Response | Promise<Response>
  /** Ends the connections on which nothing is being answered. */
  quiet(): void
  /** Ends all connections. What was asked for goes on: nobody gave it up. */
  close(): Promise<void>
}

/** The whole HTTP face: MCP, the REST API, its document and health. `hosts` are the names it answers to. */
export function createHttp(app: App, hosts: readonly string[]): HttpServer {
  const api = new OpenAPIHono<HttpEnv>({ defaultHook: (result) => refuseInvalid(result) })
  const mcp = createMcpEndpoint(app)
  api.use(secureHeaders())
  api.use(async (context, next) => {
    context.set('app', app)
    await next()
    context.header('x-request-id', randomUUID())
  })
  api.use(async ({ req }, next) => {
    const refused =
      hostHeaderValidationResponse(req.raw, [...hosts]) ??
      originValidationResponse(req.raw, [...hosts])
    if (refused !== undefined) throw notFromThere()
    await next()
  })
  healthRoutes(api)
  // The key comes before the body: nobody fills our memory without one.
  api.use('/mcp', async (context, next) => {
    const { headers } = context.req.raw
    context.set('principal', await principalOf(app, headers))
    namedSession(headers) // a bad one is refused when a client connects, not call by call
    await next()
  })
  api.use('/mcp', limited(MCP_BODY_MAX))
  api.all('/mcp', async (context) => {
    const body = context.req.method === 'POST' ? await readJson(context) : undefined
    return body instanceof Response
      ? body
      : await mcp.handle(context.req.raw, body, context.var.principal)
  })
  api.use(limited(BODY_MAX))
  usageRoutes(api)
  creditsRoutes(api)
  generationRoutes(api)
  api.openAPIRegistry.registerComponent('securitySchemes', 'key', {
    type: 'http',
    scheme: 'bearer',
  })
  api.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: { title: 'Inkwell', version: VERSION },
    security: [{ key: [] }],
  })
  api.notFound((context) =>
    refusal(
      context,
      new AppError('not_found', 'There is no such address.', {
        hint: 'GET /openapi.json lists them.',
      }),
    ),
  )
  api.onError((error, context) => refusal(context, toAppError(error, app.log, context.req.path)))
  return {
    fetch: (request) => api.fetch(request),
    quiet: () => mcp.quiet(),
    close: () => mcp.close(),
  }
}

function refusal(context: Context, error: AppError): Response {
  if (error.code === 'unauthorized')
    context.header('www-authenticate', 'Bearer error="invalid_token"')
  return context.json(errorBody(error), statusOf(error.code) as 400)
}

type Validated = {
  success: boolean
  error?: { issues: { path: PropertyKey[]; message: string }[] }
}

/** A request that does not fit its schema names each argument and its bound. */
function refuseInvalid({ success, error }: Validated): void {
  if (success) return
  const issues = (error?.issues ?? [])
    .slice(0, 5)
    .map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': '))
  throw new AppError('invalid_input', `${issues.join('; ')}.`, {
    hint: 'GET /openapi.json has every parameter and its bounds.',
  })
}

async function readJson({ req }: Context): Promise<unknown> {
  if (!/^application\/json\b/i.test(req.header('content-type') ?? ''))
    return rpcError(415, -32_000, 'Content-Type must be application/json')
  try {
    return await req.json()
  } catch {
    return rpcError(400, -32_700, 'Parse error')
  }
}

function limited(maxSize: number) {
  const message = `The request is larger than ${maxSize / 1024} KiB.`
  const error = new AppError('invalid_input', message, { hint: 'Send input images by https URL.' })
  return bodyLimit({ maxSize, onError: (context) => context.json(errorBody(error, 413), 413) })
}

function notFromThere(): AppError {
  return new AppError('forbidden', 'This server does not answer to this Host or Origin.', {
    hint: 'Call it by the name it listens on, and not from a page of another site.',
  })
}
