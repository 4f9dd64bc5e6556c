import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { lookUp } from '../../../generations/wait.ts'
import { structuredResult } from '../../../tools/result.ts'
import { PaidResultShape } from '../../../tools/result-shape.ts'
import { publicError } from '../../../tools/failure.ts'
import { standing } from '../../../usage/standing.ts'
import { callerOf } from '../caller.ts'
import type { HttpEnv } from '../env.ts'
import { answers, Id, needs } from './route.ts'

const generation = createRoute({
  method: 'get',
  path: '/v1/generations/{id}',
  summary: 'How a generation stands, and its files',
  middleware: needs('assets:read'),
  request: { params: Id },
  responses: answers(PaidResultShape),
})

/** Results, of the caller's own account only. */
export function generationRoutes(api: OpenAPIHono<HttpEnv>): void {
  api.openapi(generation, async (context) => {
    const { app } = context.var
    const caller = callerOf(context)
    const found = await lookUp(app.generations, caller, context.req.valid('param').id)
    if (found.status === 'completed') app.generations.answers.heard(found.id)
    const now = await app.db.read(() => standing(caller, app.generations.now()))
    const shown = structuredResult({
      generation: found,
      caller,
      replayed: false,
      mode: app.mode,
      standing: now,
    })
    return context.json(
      found.failure === null ? shown : { ...shown, error: publicError(found.failure, caller) },
      200,
    )
  })
}
