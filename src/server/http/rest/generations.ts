import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi'
import { lookUp } from '../../../generations/wait.ts'
import { PaidResultShape, structuredResult } from '../../../tools/result.ts'
import { publicError } from '../../../tools/failure.ts'
import { standing } from '../../../usage/standing.ts'
import { assetFile } from '../../asset-file.ts'
import { callerOf } from '../caller.ts'
import type { HttpEnv } from '../env.ts'
import { answers, needs, readable } from './route.ts'

const Id = z.object({ id: z.string().min(5).max(100) })

const generation = createRoute({
  method: 'get',
  path: '/v1/generations/{id}',
  summary: 'How a generation stands, and its files',
  middleware: needs('assets:read'),
  request: { params: Id },
  responses: answers(PaidResultShape),
})

const asset = createRoute({
  method: 'get',
  path: '/v1/assets/{id}',
  summary: 'A file that a generation made',
  middleware: needs('assets:read'),
  request: { params: Id },
  responses: readable('image/*', z.any()),
})

/** Results and their files, of the caller's own account only. */
export function generationRoutes(api: OpenAPIHono<HttpEnv>): void {
  api.openapi(generation, async (context) => {
    const { app } = context.var
    const caller = callerOf(context)
    const found = await lookUp(app.generations, caller, context.req.valid('param').id)
    const now = await app.db.read(() => standing(caller, app.generations.now()))
    const shown = structuredResult({
      generation: found,
      caller,
      replayed: false,
      mode: app.mode,
      standing: now,
    })
    return context.json(
      found.failure === null ? shown : { ...shown, error: publicError(found.failure) },
      200,
    )
  })
  api.openapi(asset, async (context) => {
    const { app, principal } = context.var
    const { id } = context.req.valid('param')
    const file = await assetFile(app, principal.account.id, id)
    return context.body(Readable.toWeb(createReadStream(file.path)) as ReadableStream, 200, {
      'content-type': file.mimeType,
      'content-length': String(file.bytes),
      'content-disposition': `inline; filename="${file.id}"`,
      'cache-control': 'private, max-age=3600',
    })
  })
}
