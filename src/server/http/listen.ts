import type { EventEmitter } from 'node:events'
import { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '@hono/node-server'
import type { App } from '../../app.ts'
import { isLoopback } from '../../config/readers.ts'
import { AppError } from '../../errors.ts'
import { pruneAndLog } from '../../generations/prune.ts'
import { createRounds } from '../../generations/rounds.ts'
import { answerClientErrors } from './client-errors.ts'
import { createHttp } from './http.ts'
import { EXIT_MS, stopSignal } from './stop.ts'
import { announce } from './worker.ts'

/** After a stop, pending responses have this long to end, in milliseconds. Those of paid calls end at once. */
const FLUSH_MS = 3_000
/** Old content is removed about this often, in milliseconds. */
const PRUNE_MS = 3_600_000
/** Alerts are delivered about this often, in milliseconds. */
const ALERT_MS = 3_000
/** Interval of the checks for pending responses during a stop, in milliseconds. */
const POLL_MS = 50

/** Limits for slow or large requests: times in milliseconds, the header size in bytes. */
const CLIENT_LIMITS = {
  headersTimeout: 30_000, // a crowd of new connections waits for its turn
  requestTimeout: 120_000, // enough for an upload over a slow connection
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 16 * 1024,
}

export type ListenOptions = {
  host: string
  port: number
  allowHost: string[]
  publicUrl?: URL
  /** Serves `/metrics` at this port instead of the one above. */
  metricsPort?: number
  /** How long a stopping server is not ready but still serves, in seconds: until balancers have noticed. */
  drainDelay?: number
}

/**
 * Listens until SIGINT, SIGTERM or SIGHUP. Then it hands all open calls over, leaves their work to other processes, and
 * exits. Throws `invalid_input` if it cannot listen on the address.
 */
export async function listen(
  app: App,
  { host, port, allowHost, publicUrl, metricsPort, drainDelay = 0 }: ListenOptions,
  onListening: (origin: string) => void,
): Promise<void> {
  await app.generations.recover() // an unusable ledger fails here, not at the first call
  const address = host.includes(':') ? `[${host}]` : host
  const named = publicUrl === undefined ? allowHost : [...allowHost, publicUrl.hostname]
  const http = await createHttp(app, {
    hosts: ['localhost', '127.0.0.1', '[::1]', address, ...named],
    publicUrl: publicUrl?.origin,
    hasConnectors: publicUrl !== undefined && isSafe(publicUrl),
    metricsApart: metricsPort !== undefined,
  })
  const server = serve(
    { fetch: http.fetch, hostname: host, port, serverOptions: CLIENT_LIMITS },
    (bound) => {
      const origin = `http://${address}:${bound.port}`
      const shown = publicUrl?.origin ?? origin
      app.showPagesAt(async () => shown)
      app.showUsagePageAt(`${shown}/`)
      announce(origin, onListening)
    },
  )
  if (!(server instanceof Server)) throw new Error('not an HTTP/1.1 server')
  app.billing.watch()
  answerClientErrors(server)
  app.keepRecovering()
  const pruning = createRounds(4 * PRUNE_MS, () => pruneAndLog(app.pruning))
  pruning.start()
  const alerting = createRounds(4 * ALERT_MS, () => app.alerts.round())
  alerting.start()
  const pendingCount = countPending(server)
  const failures = [listenFailure(server, `${address}:${port}`)]
  if (metricsPort !== undefined) {
    const metrics = serve({ fetch: http.fetchMetrics, hostname: host, port: metricsPort })
    failures.push(listenFailure(metrics, `${address}:${metricsPort}`))
  }
  await Promise.race([stopSignal(), ...failures])
  http.leaveRotation()
  await sleep(drainDelay * 1000)
  setTimeout(() => process.exit(0), EXIT_MS)
  pruning.stop()
  alerting.stop()
  app.handOver()
  const flushedBy = performance.now() + FLUSH_MS
  do {
    http.closeIdleStreams()
    await sleep(POLL_MS)
  } while (pendingCount() > 0 && performance.now() < flushedBy)
  const closed = new Promise((resolve) => server.close(resolve))
  await app.leave()
  await http.close()
  server.closeAllConnections()
  await closed
  await app.close()
  process.exit(0) // unfinished work keeps its hold, which another process settles
}

/** Returns whether tokens may travel to an address: https, or this machine. */
function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || isLoopback(hostname)
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

/** Never resolves. Rejects with `invalid_input` if the server cannot listen on the address. */
function listenFailure(server: EventEmitter, address: string): Promise<never> {
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
