import { Duplex, type Transform } from 'node:stream'
import { constants, createBrotliCompress, createGzip } from 'node:zlib'
import type { HonoRequest } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { HttpEnv } from './env.ts'
import { isComplete } from './headers.ts'

/** Text that gets much smaller. Pictures and archives are compressed already, and streams of events must not wait. */
const COMPRESSIBLE = /^(?:text\/(?!event-stream)|application\/(?:json|problem\+json)|image\/svg)/
/** Shorter bodies are sent as they are, in bytes. */
const BYTES_MIN = 1024

const ENCODERS: readonly { name: string; make: () => Transform }[] = [
  {
    name: 'br',
    make: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  },
  { name: 'gzip', make: () => createGzip() },
]

/** Compresses what a client reads (GET), with the best encoding that it takes. */
export const compressed = createMiddleware<HttpEnv>(async (context, next) => {
  await next()
  if (isComplete(context)) return
  const { res, req } = context
  const { headers } = res
  if (req.method !== 'GET' || !COMPRESSIBLE.test(headers.get('content-type') ?? '')) return
  if (headers.has('content-encoding')) return
  headers.append('vary', 'Accept-Encoding')
  if (Number(headers.get('content-length') ?? BYTES_MIN) < BYTES_MIN) return
  const encoder = bestOf(req.header('accept-encoding') ?? '')
  if (encoder === undefined || res.body === null) return // last: the body becomes a stream when it is looked at
  const { readable, writable } = Duplex.toWeb(encoder.make())
  context.res = new Response(res.body.pipeThrough({ readable, writable }), res)
  context.res.headers.set('content-encoding', encoder.name)
  context.res.headers.delete('content-length')
})

/** Returns whether `compressed` compresses a text that a request reads. */
export function willCompress(req: HonoRequest, text: string): boolean {
  return (
    Buffer.byteLength(text) >= BYTES_MIN &&
    bestOf(req.header('accept-encoding') ?? '') !== undefined
  )
}

/** The first encoder that a header `Accept-Encoding` allows: named, or by `*`, and not with `q=0`. */
function bestOf(accepted: string): (typeof ENCODERS)[number] | undefined {
  const weights = new Map(
    accepted.split(',').map((part) => {
      const [name = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))
      return [name, weight === undefined ? 1 : Number(weight.slice(2))]
    }),
  )
  return ENCODERS.find(({ name }) => (weights.get(name) ?? weights.get('*') ?? 0) > 0)
}
