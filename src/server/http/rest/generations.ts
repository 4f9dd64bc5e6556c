import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { lookUp } from '../../../generations/wait.ts'
import { shownTo, structuredResult } from '../../../tools/result.ts'
import { PaidResultShape } from '../../../tools/result-shape.ts'
import { publicError } from '../../../tools/failure.ts'
import { callerOf } from '../context/caller.ts'
import type { HttpEnv } from '../context/env.ts'
import { jsonText } from '../context/replies.ts'
import { Id, jsonResponses, needs } from './route.ts'

const generation = createRoute({
  method: 'get',
  path: '/v1/generations/{id}',
  summary: 'The status of a generation, and its files',
  middleware: needs('assets:read'),
  request: { params: Id },
  responses: jsonResponses(PaidResultShape),
})

/** The reader of REST errors: a program without tools and without access to this machine. */
const PROGRAM = { hasTools: false, atThisMachine: false }

/** Route for results. It finds only generations of the caller's account. */
export function generationRoutes(api: OpenAPIHono<HttpEnv>): void {
  api.openapi(generation, async (context) => {
    const app = context.get('app')
    const caller = callerOf(context)
    const found = await lookUp(app.generations, caller, context.req.valid('param').id)
    if (found.unheard) app.generations.answers.heard(found.id)
    const shown = structuredResult(
      await shownTo(caller, { generation: found, replayed: false }, app),
    )
    const { failure } = found
    const answer = failure === null ? shown : { ...shown, error: publicError(failure, PROGRAM) }
    return await jsonText(context, JSON.stringify(answer))
  })
}
