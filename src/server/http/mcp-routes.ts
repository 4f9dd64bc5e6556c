import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import * as z from 'zod'
import { hasToken, principalOf, setRateLimitHeaders } from './context/auth.ts'
import { namedSession } from './context/caller.ts'
import { requireScope } from '../../accounts/scopes.ts'
import { AppError } from '../../errors.ts'
import { readJson } from '../../text.ts'
import { toolsFor } from '../../tools/index.ts'
import type { HttpEnv } from './context/env.ts'
import type { McpEndpoint } from './mcp-endpoint.ts'
import { readBounded } from './context/bounds.ts'
import { limited, tooLarge } from './context/refusals.ts'
import { rpcError } from './context/replies.ts'
import { errors } from './rest/route.ts'
import { createTurns } from './turns.ts'

/** Largest MCP request, in bytes: enough for a few input images as data URIs. */
const BODY_MAX = 32 * 1024 * 1024

/** Routes of `/mcp`. The key is checked before the body is read, so nobody can fill the memory without a key. */
export function mcpRoutes(api: OpenAPIHono<HttpEnv>, mcp: McpEndpoint): void {
  const turn = createTurns()
  api.use('/mcp', async (context, next) => {
    const { headers } = context.req.raw
    context.set('principal', await principalOf(context))
    namedSession(headers) // refuses an invalid name when a client connects, not at each call
    await next()
    await setRateLimitHeaders(context)
  })
  api.use('/mcp', limited(BODY_MAX, 'Send input images by https: URL, or by the id of an upload.'))
  api.all('/mcp', async (context) => {
    const body = context.req.method === 'POST' ? await readMessage(context, turn) : undefined
    if (body instanceof Response) return body
    if (hasToken(context)) requireScopes(body, context)
    await turn()
    return await mcp.handle(context.req.raw, body, context.var.principal)
  })
  api.openAPIRegistry.registerPath({
    method: 'post',
    path: '/mcp',
    summary: 'The Model Context Protocol, for clients of 2025-06-18, 2025-11-25 and 2026-07-28',
    request: { body: { content: { 'application/json': { schema: z.looseObject({}) } } } },
    responses: {
      200: {
        description: 'Responses and notifications as server-sent events, or one JSON response',
        content: {
          'text/event-stream': { schema: z.string() },
          'application/json': { schema: z.looseObject({}) },
        },
      },
      ...errors(400, 401, 403, 404, 413),
    },
  })
}

/**
 * Throws `forbidden` if a message calls a tool whose scope is missing. The client of a token can ask its person for more,
 * but only a refusal of the request itself makes it do so. With an API key the call itself is refused.
 */
function requireScopes(body: unknown, { var: { app, principal } }: Context<HttpEnv>): void {
  for (const message of [body].flat()) {
    const { success, data } = ToolCall.safeParse(message)
    if (!success) continue
    const tool = toolsFor(app.generations.rates).find(({ name }) => name === data.params.name)
    if (tool !== undefined) requireScope(principal, tool.scope)
  }
}

const ToolCall = z.object({
  method: z.literal('tools/call'),
  params: z.object({ name: z.string() }),
})

async function readMessage(context: Context, turn: () => Promise<void>): Promise<unknown> {
  if (!/^application\/json\b/i.test(context.req.header('content-type') ?? ''))
    return rpcError(415, -32_000, 'Content-Type must be application/json')
  const text = await readBounded(context.req)
  if (text instanceof AppError) return tooLarge(context, text)
  await turn()
  const body = readJson(text)
  return body === undefined ? rpcError(400, -32_700, 'Parse error') : body
}
