import type { z } from '@hono/zod-openapi'
import { createMiddleware } from 'hono/factory'
import { requireScope, type Scope } from '../../../accounts/scopes.ts'
import type { HttpEnv } from '../env.ts'
import { principalOf } from '../auth.ts'
import { ErrorShape } from './shapes.ts'

/** Lets a request in that has a key with this scope. Throws `unauthorized` and `forbidden`. */
export function needs(scope: Scope) {
  return createMiddleware<HttpEnv>(async (context, next) => {
    const principal = await principalOf(context.var.app, context.req.raw.headers)
    requireScope(principal, scope)
    context.set('principal', principal)
    await next()
  })
}

/** The answers of a route that reads: its own, and the errors every route may give. */
export function answers<S extends z.ZodType>(schema: S) {
  return readable('application/json', schema)
}

export function readable<T extends string, S extends z.ZodType>(type: T, schema: S) {
  const error = (description: string) => ({
    description,
    content: { 'application/json': { schema: ErrorShape } },
  })
  return {
    200: { description: 'The answer', content: { [type]: { schema } } as Record<T, { schema: S }> },
    400: error('Something in the request is missing or out of bounds'),
    401: error('The API key is missing or does not count'),
    403: error('The API key lacks the scope'),
    404: error('Nothing with this id in this account'),
    429: error('Too many requests'),
  }
}
