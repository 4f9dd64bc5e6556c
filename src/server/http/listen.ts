import { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import type { App } from '../../app.ts'
import { AppError } from '../../errors.ts'
import { createHttp } from './http.ts'

/** Time that answers and work in hand get to end after a stop, in milliseconds. */
const DRAIN_MS = 10_000
/** After this the process is gone, whatever still hangs, in milliseconds. */
const EXIT_MS = 12_000
/** How often it is looked, while stopping, whether all is answered, in milliseconds. */
const LOOK_MS = 50

/** What a client may take of the server's patience: times in milliseconds, a size in bytes. */
const CLIENT_LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 120_000, // an upload over a slow line
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1024,
}

export type ListenOptions = { host: string; port: number; allowHost: string[]; publicUrl?: URL }

/**
 * Listens until the process is asked to stop; then finishes what is in hand, or leaves it to another process.
 * Throws `invalid_input` where the address cannot be listened on.
 */
export async function listen(
  app: App,
  { host, port, allowHost, publicUrl }: ListenOptions,
  onListening: (origin: string) => void,
): Promise<void> {
  await app.generations.recover() // a ledger that cannot be used stops the start, not the first caller
  const address = host.includes(':') ? `[${host}]` : host
  const named = publicUrl === undefined ? allowHost : [...allowHost, publicUrl.hostname]
  const http = await createHttp(app, {
    hosts: ['localhost', '127.0.0.1', '[::1]', address, ...named],
    publicUrl: publicUrl?.origin,
  })
  const server = serve(
    { fetch: http.fetch, hostname: host, port, serverOptions: CLIENT_LIMITS },
    (bound) => {
      const origin = `http://${address}:${bound.port}`
      app.showPagesAt(async () => publicUrl?.origin ?? origin)
      onListening(origin)
    },
  )
  if (!(server instanceof Server)) throw new Error('not an HTTP/1.1 server')
  app.billing.watch()
  const answering = countAnswers(server)
  await Promise.race([stopAsked(), failed(server, `${address}:${port}`)])
  setTimeout(() => process.exit(0), EXIT_MS).unref()
  const drainedBy = performance.now() + DRAIN_MS
  const closed = new Promise((resolve) => server.close(resolve))
  do {
    http.quiet()
    server.closeIdleConnections()
    await sleep(LOOK_MS)
  } while (answering() > 0 && performance.now() < drainedBy)
  await app.drain(Math.max(0, drainedBy - performance.now()))
  await http.close()
  server.closeAllConnections()
  await closed
  await app.close()
  process.exit(0) // what is not done keeps its hold: here it could no longer be settled
}

/** How many requests are being answered now. A connection may be open without any. */
function countAnswers(server: Server): () => number {
  let open = 0
  server.on('request', (_, response) => {
    open += 1
    response.once('close', () => (open -= 1))
  })
  return () => open
}

function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}

/** Never resolves. Throws `invalid_input` where the address cannot be listened on. */
function failed(server: Server, address: string): Promise<never> {
  return new Promise((_, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new AppError('invalid_input', `Inkwell cannot listen on ${address} (${cause.code}).`, {
          hint: 'Choose another --host or --port, or stop what uses this one.',
        }),
      ),
    )
  })
}
