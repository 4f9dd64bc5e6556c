import { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import type { App } from '../../app.ts'
import { AppError } from '../../errors.ts'
import { createHttp } from './http.ts'

/** After a stop, pending responses and running work have this long to finish, in milliseconds. */
const DRAIN_MS = 10_000
/** The process exits after this time even if something hangs, in milliseconds. */
const EXIT_MS = 12_000
/** Interval of the checks for pending responses during a stop, in milliseconds. */
const POLL_MS = 50

/** Limits for slow or large requests: times in milliseconds, the header size in bytes. */
const CLIENT_LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 120_000, // enough for an upload over a slow connection
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1024,
}

export type ListenOptions = { host: string; port: number; allowHost: string[]; publicUrl?: URL }

/**
 * Listens until SIGINT or SIGTERM. Then it finishes the running work, or leaves it to another process, and
 * exits. Throws `invalid_input` if it cannot listen on the address.
 */
export async function listen(
  app: App,
  { host, port, allowHost, publicUrl }: ListenOptions,
  onListening: (origin: string) => void,
): Promise<void> {
  await app.generations.recover() // an unusable ledger fails here, not at the first call
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
      const shown = publicUrl?.origin ?? origin
      app.showPagesAt(async () => shown)
      app.showUsagePageAt(`${shown}/`)
      onListening(origin)
    },
  )
  if (!(server instanceof Server)) throw new Error('not an HTTP/1.1 server')
  app.billing.watch()
  const pendingCount = countPending(server)
  await Promise.race([stopSignal(), listenFailure(server, `${address}:${port}`)])
  setTimeout(() => process.exit(0), EXIT_MS).unref()
  const drainedBy = performance.now() + DRAIN_MS
  const closed = new Promise((resolve) => server.close(resolve))
  do {
    http.closeIdleStreams()
    server.closeIdleConnections()
    await sleep(POLL_MS)
  } while (pendingCount() > 0 && performance.now() < drainedBy)
  await app.drain(Math.max(0, drainedBy - performance.now()))
  await http.close()
  server.closeAllConnections()
  await closed
  await app.close()
  process.exit(0) // unfinished work keeps its hold: this process can no longer settle it
}

/** Returns a counter of the requests that are answered now. Open connections without a request do not count. */
function countPending(server: Server): () => number {
  let open = 0
  server.on('request', (_, response) => {
    open += 1
    response.once('close', () => (open -= 1))
  })
  return () => open
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}

/** Never resolves. Rejects with `invalid_input` if the server cannot listen on the address. */
function listenFailure(server: Server, address: string): Promise<never> {
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
