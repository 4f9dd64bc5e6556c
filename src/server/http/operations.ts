import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi'
import { available } from '../../ledger/ledger.ts'
import { OUTPUT_ROOM } from '../../media/room.ts'
import type { Meter } from '../../metrics.ts'
import { VERSION } from '../../version.ts'
import type { HttpEnv } from './context/env.ts'
import type { McpEndpoint } from './mcp-endpoint.ts'
import { collect } from './metrics.ts'
import { ErrorShape } from './rest/shapes.ts'

const NO_KEY: Record<string, string[]>[] = [{}]

const healthz = createRoute({
  method: 'get',
  path: '/healthz',
  summary: 'Whether the process is there',
  security: NO_KEY,
  responses: { 200: json('It is', z.object({ ok: z.literal(true), version: z.string() })) },
})

const readyz = createRoute({
  method: 'get',
  path: '/readyz',
  summary: 'Whether it can work: the ledger answers, and outputs can be stored',
  security: NO_KEY,
  responses: {
    200: json('It can', z.object({ ok: z.literal(true), mode: z.enum(['test', 'live']) })),
    503: json('It cannot', ErrorShape),
  },
})

const metrics = createRoute({
  method: 'get',
  path: '/metrics',
  summary: 'Measurements for Prometheus',
  security: NO_KEY,
  responses: {
    200: { description: 'They', content: { 'text/plain': { schema: z.string() } } },
  },
})

/** For those who run the server. None of it needs a key or tells anything of accounts. */
export function operationsRoutes(
  api: OpenAPIHono<HttpEnv>,
  meter: Meter,
  mcp: Pick<McpEndpoint, 'sessions'>,
): void {
  const registry = collect(meter, mcp.sessions)
  api.openapi(healthz, (context) => context.json({ ok: true as const, version: VERSION }, 200))
  api.openapi(readyz, async (context) => {
    const { app } = context.var
    await app.db.read(() => available(''))
    await app.generations.room.assertFits(OUTPUT_ROOM)
    return context.json({ ok: true as const, mode: app.mode }, 200)
  })
  api.openapi(metrics, async (context) =>
    context.text(await registry.metrics(), 200, { 'content-type': registry.contentType }),
  )
}

function json<S extends z.ZodType>(description: string, schema: S) {
  return { description, content: { 'application/json': { schema } } }
}
