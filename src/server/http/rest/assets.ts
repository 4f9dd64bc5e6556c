import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { createMiddleware } from 'hono/factory'
import * as z from 'zod'
import { AppError } from '../../../errors.ts'
import { findAsset, findLinkedAsset } from '../../../generations/generation.ts'
import { storeUpload } from '../../../generations/upload.ts'
import { callerOf } from '../context/caller.ts'
import type { HttpEnv } from '../context/env.ts'
import { sendFile } from '../../../web/responses/file.ts'
import { limited } from '../context/refusals.ts'
import { errors, Id, needs, responsesOf } from './route.ts'

/** Largest image that may be uploaded, in bytes. */
const UPLOAD_MAX = 20 * 1024 * 1024

const byLink = z.strictObject({
  expires: z
    .string()
    .regex(/^\d{10}$/, 'must be the number of a signed link')
    .optional(),
  signature: z.string().max(100).optional(),
})

/** A signed link needs no key. All other requests need one. */
const keyOrLink = createMiddleware<HttpEnv>(async (context, next) =>
  context.req.query('signature') === undefined
    ? await needs('assets:read')(context, next)
    : await next(),
)

const asset = createRoute({
  method: 'get',
  path: '/v1/assets/{id}',
  summary: 'A file that a generation made or that was uploaded, by key or by signed link',
  security: [{ key: [] }, { token: [] }, {}],
  middleware: keyOrLink,
  request: { params: Id, query: byLink },
  responses: responsesOf('*/*', z.any()),
})

const UploadShape = z
  .object({
    id: z.string(),
    mime_type: z.string(),
    width: z.int().nullable(),
    height: z.int().nullable(),
    bytes: z.int(),
    sha256: z.string(),
  })
  .openapi('Upload')

const upload = createRoute({
  method: 'post',
  path: '/v1/assets',
  summary: 'Upload an image (at most 20 MiB) to give to a tool by its id',
  middleware: [needs('generate'), limited(UPLOAD_MAX, 'Send a smaller image.')] as const,
  request: {
    body: { required: true, content: { 'image/*': { schema: z.any() } } },
  },
  responses: {
    201: {
      description: 'The stored image',
      content: { 'application/json': { schema: UploadShape } },
    },
    ...errors(400, 401, 403, 413, 422, 429, 503),
  },
})

/** Routes to upload and download files. The id of another account's file gives `not_found`. */
export function assetRoutes(api: OpenAPIHono<HttpEnv>): void {
  api.openapi(asset, async (context) => {
    const { app, links, principal } = context.var
    const { id } = context.req.valid('param')
    const { expires = '', signature } = context.req.valid('query')
    if (signature !== undefined) links.check(id, { expires, signature })
    const at = app.now()
    const found = await app.db.read(() =>
      signature === undefined ? findAsset(principal.account.id, id, at) : findLinkedAsset(id, at),
    )
    const { files } = app.generations
    const url = await files.url(found)
    if (url === null) return await sendFile(context, files, found)
    const { content } = await files.open(found, { start: 0, end: 0 }) // a lost file is told here, not by the store
    content.destroy()
    context.header('cache-control', 'private, no-store') // the link runs out
    return context.redirect(url, 302)
  })
  api.openapi(upload, async (context) => {
    const { app } = context.var
    const { config, generations, log } = app
    const { callLimit, db, now, diskSpace, files } = generations
    const { maxUploadBytes: quota } = config
    if (!/^image\//i.test(context.req.header('content-type') ?? '')) throw notAnImage()
    const caller = callerOf(context)
    await callLimit.count(caller, 'paid')
    const bytes = new Uint8Array(await context.req.arrayBuffer())
    const stored = await storeUpload({ db, log, diskSpace, files, now, quota }, caller, bytes)
    const { id, mimeType, width, height, sha256 } = stored
    return context.json(
      { id, mime_type: mimeType, width, height, bytes: stored.bytes, sha256 },
      201,
    )
  })
}

function notAnImage(): AppError {
  return new AppError('invalid_input', 'An upload is the bytes of an image, sent as image/….', {
    hint: 'POST /v1/assets takes the bytes of the file as they are, with Content-Type: image/png or what else it is.',
  })
}
