import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import * as z from 'zod'
import { DIFFERENCE_SHOWN_MS } from '../../clock.ts'
import { serverStops } from '../../generations/refuse.ts'
import { available } from '../../ledger/refusal.ts'
import { OUTPUT_SPACE } from '../../media/disk-space.ts'
import { VERSION } from '../../version.ts'
import type { HttpEnv } from './context/env.ts'
import { ErrorShape } from './rest/shapes.ts'
import type { Metrics } from './worker.ts'

const NO_KEY: Record<string, string[]>[] = [{}]

const healthz = createRoute({
  method: 'get',
  path: '/healthz',
  summary: 'Liveness',
  security: NO_KEY,
  responses: {
    200: json('Process is alive', z.object({ ok: z.literal(true), version: z.string() })),
  },
})

const readyz = createRoute({
  method: 'get',
  path: '/readyz',
  summary: 'Readiness: the ledger can be read and outputs can be stored',
  security: NO_KEY,
  responses: {
    200: json(
      'Ledger is readable and outputs can be stored',
      z.object({
        ok: z.literal(true),
        mode: z.enum(['test', 'live']),
        clock_difference_seconds: z
          .number()
          .optional()
          .describe('How far this clock is ahead of that of the database, if more than 5 s'),
        replica_lag_seconds: z
          .number()
          .nullable()
          .optional()
          .describe('How far the replica for reports is behind; null while it cannot be asked'),
      }),
    ),
    503: json('Not ready', ErrorShape),
  },
})

const metrics = createRoute({
  method: 'get',
  path: '/metrics',
  summary: 'Metrics',
  security: NO_KEY,
  responses: {
    200: { description: 'Prometheus metrics', content: { 'text/plain': { schema: z.string() } } },
  },
})

/** Routes for orchestrators. They need no key. `isLeaving` tells whether the server is about to stop. */
export function probes(api: OpenAPIHono<HttpEnv>, isLeaving: () => boolean): void {
  api.openapi(healthz, (context) => context.json({ ok: true as const, version: VERSION }, 200))
  api.openapi(readyz, async (context) => {
    const { app } = context.var
    const { guard, diskSpace } = app.generations
    if (isLeaving()) throw serverStops()
    await app.db.read(() => available(''))
    await guard.assertUsable()
    await diskSpace.assertFits(OUTPUT_SPACE)
    const difference = guard.clockDifferenceMs()
    const isShown = Math.abs(difference) > DIFFERENCE_SHOWN_MS
    const clock = isShown && { clock_difference_seconds: difference / 1000 }
    const lag = await app.reports.lagSeconds()
    const replica = lag !== undefined && { replica_lag_seconds: lag }
    return context.json({ ok: true as const, mode: app.mode, ...clock, ...replica }, 200)
  })
}

/** The route of the metrics. It needs no key and shows nothing about accounts. */
export function metricsRoute(api: OpenAPIHono<HttpEnv>, { text, contentType }: Metrics): void {
  api.openapi(metrics, async (context) =>
    context.text(await text(), 200, { 'content-type': contentType }),
  )
}

function json<S extends z.ZodType>(description: string, schema: S) {
  return { description, content: { 'application/json': { schema } } }
}
