import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { AppError } from '../../../errors.ts'
import { createJsonBounds, JSON_MAX } from '../../../json-bounds.ts'
import type { HttpEnv } from './env.ts'
import { sizeOf, tooLarge } from './refusals.ts'

/** Reads the JSON of a request as text. Stops and returns `invalid_input` as soon as it passes a bound of `createJsonBounds`. */
export async function readBounded(request: Context['req']): Promise<string | AppError> {
  const bounds = createJsonBounds()
  if (sizeOf(request) <= JSON_MAX) {
    const body = Buffer.from(await request.raw.arrayBuffer()) // much faster than the stream
    return bounds.push(body) ?? body.toString('utf8')
  }
  const chunks: Uint8Array[] = []
  for await (const chunk of request.raw.body ?? []) {
    const error = bounds.push(chunk)
    if (error !== null) return error
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Refuses JSON bodies of the REST API above the bounds of `createJsonBounds`, before they are parsed. */
export const boundedJson = createMiddleware<HttpEnv>(async (context, next) => {
  if (/json/i.test(context.req.header('content-type') ?? '')) {
    const body = new Uint8Array(await context.req.arrayBuffer()) // kept by Hono for its validators
    const error = createJsonBounds().push(body)
    if (error !== null) return tooLarge(context, error)
  }
  return await next()
})
