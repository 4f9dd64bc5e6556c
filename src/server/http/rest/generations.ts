import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi'
import { AppError } from '../../../errors.ts'
import { findAsset } from '../../../generations/generation.ts'
import { lookUp } from '../../../generations/wait.ts'
import { PaidResultShape, structuredResult } from '../../../tools/result.ts'
import { publicError } from '../../../tools/failure.ts'
import { standing } from '../../../usage/standing.ts'
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
    const {
      path,
      mime_type: type,
      id,
    } = await app.db.read(() => findAsset(principal.account.id, context.req.valid('param').id))
    const size = await sizeOf(path)
    return context.body(Readable.toWeb(createReadStream(path)) as ReadableStream, 200, {
      'content-type': type,
      'content-length': String(size),
      'content-disposition': `inline; filename="${id}"`,
      'cache-control': 'private, max-age=3600',
    })
  })
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch (cause) {
    throw new AppError('not_found', 'The file of this image is no longer there.', {
      hint: 'Make it again.',
      cause,
    })
  }
}
