import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import type { HttpEnv } from './env.ts'

/** Adds the security headers, and those that middleware put into `headers`, to each response that has not got them yet. */
export async function withHeaders() {
  const always = await securityHeaders()
  return createMiddleware<HttpEnv>(async (context, next) => {
    const headers = { ...always }
    context.set('headers', headers)
    await next()
    if (isComplete(context)) return
    for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value)
  })
}

/** Returns whether a response was made with all of its headers. Changing them takes longer than the rest of a reading. */
export function isComplete(context: Context<HttpEnv>): boolean {
  return context.get('complete') !== undefined && context.get('complete') === context.res
}

/** What Hono's own middleware sets, with lower-case names. */
async function securityHeaders(): Promise<Record<string, string>> {
  const probe = new Hono()
  probe.use(secureHeaders({ referrerPolicy: 'same-origin', xFrameOptions: 'DENY' })) // the default policy removes the Origin of forms
  probe.get('/', (context) => context.body(null))
  return Object.fromEntries((await probe.request('/')).headers)
}
