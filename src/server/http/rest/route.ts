import { createMiddleware } from 'hono/factory'
import * as z from 'zod'
import { requireScope, type Scope } from '../../../accounts/scopes.ts'
import type { HttpEnv } from '../context/env.ts'
import { isComplete } from '../context/headers.ts'
import { principalOf, setRateLimitHeaders } from '../context/auth.ts'
import { ErrorShape } from './shapes.ts'

/** Middleware that requires a key with this scope. Throws `unauthorized` and `forbidden`. */
export function needs(scope: Scope) {
  return createMiddleware<HttpEnv>(async (context, next) => {
    const principal = await principalOf(context)
    context.set('principal', principal)
    requireScope(principal, scope)
    await next()
    if (!isComplete(context)) await setRateLimitHeaders(context)
  })
}

/** The `id` parameter of a path. */
export const Id = z.object({ id: z.string().min(5).max(100) })

/** The JSON body of a request. One whose fields are all optional may be left out. */
export function jsonBody<S extends z.ZodType>(schema: S) {
  const required = !schema.safeParse({}).success
  return { body: { content: { 'application/json': { schema } }, required } }
}

/** The header that makes a request repeatable. */
export const RequestKey = z.object({
  'idempotency-key': z.string().min(1).max(128).optional(),
})

/** The responses of a route that returns JSON: its own shape, and the errors of every route. */
export function jsonResponses<S extends z.ZodType>(schema: S) {
  return responsesOf('application/json', schema)
}

/** The responses of a route that returns `type`, and the errors of every route. */
export function responsesOf<T extends string, S extends z.ZodType>(type: T, schema: S) {
  return {
    200: { description: 'The result', content: { [type]: { schema } } as Record<T, { schema: S }> },
    ...errors(400, 401, 403, 404),
  }
}

const ERRORS = {
  400: 'Something in the request is missing or out of bounds',
  401: 'The API key is missing or not valid',
  402: 'The cost is higher than the available balance',
  403: 'The API key lacks the scope',
  404: 'Nothing with this id in this account',
  409: 'The idempotency key was used for another request',
  413: 'The request is too large',
  422: 'The content cannot be read',
  429: 'Too many requests',
  503: 'Not available on this server, or not now',
} as const

/** The error responses of a route. All have the same shape. */
export function errors<S extends keyof typeof ERRORS>(...statuses: S[]) {
  const answer = (status: S) => ({
    description: ERRORS[status],
    content: { 'application/json': { schema: ErrorShape } },
  })
  return Object.fromEntries(statuses.map((status) => [status, answer(status)])) as Record<
    S,
    ReturnType<typeof answer>
  >
}
