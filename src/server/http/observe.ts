import { randomUUID } from 'node:crypto'
import { createMiddleware } from 'hono/factory'
import { matchedRoutes } from 'hono/route'
import type { Context } from 'hono'
import { inTrace, traceOf } from '../../trace.ts'
import type { HttpEnv } from './context/env.ts'

/** Routes that monitoring requests every few seconds. They are not logged. */
const QUIET: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics'])

/** Gives every request an id, adds it and the caller's trace to all log lines, and records the duration. */
export const observed = createMiddleware<HttpEnv>(async (context, next) => {
  const app = context.get('app') // `context.var` makes an object of all that is set
  const request = requestId(context)
  const startedAt = performance.now()
  context.get('headers')['x-request-id'] = request
  await inTrace({ request, ...traceOf(context.req.header('traceparent')) }, async () => {
    await next()
    const ms = performance.now() - startedAt
    const { method } = context.req
    const { status } = context.res
    const route = routeOf(context)
    const labels = { method: labelOf(method), route, status: String(status) }
    app.meter.record('http_request_seconds', ms / 1000, labels)
    if (!QUIET.has(route))
      app.log.info('http.request', { method, route, status, ms: Math.round(ms) })
  })
})

/** Returns the caller's request id if it is valid, else a new one. */
function requestId({ req }: Context): string {
  const given = req.header('x-request-id')
  return given !== undefined && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID()
}

/** Returns the route pattern of a request, never its real path: ids and queries must not be in the log. */
function routeOf(context: Context): string {
  return matchedRoutes(context).findLast(({ path }) => !path.endsWith('*'))?.path ?? 'none'
}

function labelOf(method: string): string {
  return /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(method) ? method : 'other'
}
