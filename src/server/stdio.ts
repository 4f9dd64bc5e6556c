import type { Writable } from 'node:stream'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import type { Caller } from '../accounts/caller.ts'
import type { App } from '../app.ts'
import { crypto } from '../crypto.ts'
import { buildServer } from './mcp/mcp.ts'
import { countRequests, type CountingTransport } from './mcp/open-requests.ts'
import { createStdioTransport } from './stdio-transport.ts'

/** Largest message from a client, in bytes: enough for several input images as data URIs. */
const MESSAGE_MAX = 64 * 1024 * 1024
/** After stdin ends, open requests and running work have this long together to finish, in milliseconds. */
const DRAIN_MS = 2_200
/** Calls that are handed over have this long to be answered, in milliseconds. */
const FLUSH_MS = 300
/** The process exits after this time even if something hangs, in milliseconds. */
const EXIT_MS = 3_300

/**
 * Serves MCP on stdin and `protocolStdout` until stdin ends or a signal arrives. Neither cancels running calls. After the
 * end of stdin short work is finished; a signal hands all calls over at once.
 */
export function serveOnStdio(app: App, protocolStdout: Writable): void {
  let caller: Caller | undefined
  app.showPagesAt(async () => {
    const { serveCheckout } = await import('./http/checkout-server.ts')
    return (await serveCheckout(app)).origin
  })
  const callerOf = (): Caller => (caller ??= app.localCaller(`process:${crypto().randomUUID()}`))
  const transport = countRequests(
    createStdioTransport(process.stdin, protocolStdout, { maxBytes: MESSAGE_MAX }),
  )
  app.keepRecovering()
  let stopping = false
  const stopIn = (drainMs: number) => (): void => {
    if (drainMs === 0) app.handOver()
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(0), EXIT_MS).unref()
    void shutDown(app, transport, drainMs)
  }
  const end = stopIn(DRAIN_MS)
  process.stdin.once('end', end)
  process.stdin.once('close', end)
  protocolStdout.once('close', end)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stopIn(0))
  serveStdio(() => buildServer(app, { callerOf, mayCancel: () => !stopping }), {
    transport,
    onerror: (error) => app.log.warn('mcp.transport', { error }),
  })
}

/** Shuts down. Work that does not end in time keeps its hold; another process finishes or releases it. */
async function shutDown(app: App, transport: CountingTransport, drainMs: number): Promise<void> {
  try {
    await nextTurn() // lets the transport receive the last data of stdin
    const drainedBy = performance.now() + drainMs
    await Promise.race([transport.idle(), sleep(drainMs)])
    if (drainMs > 0) await app.drain(Math.max(0, drainedBy - performance.now()))
    app.handOver()
    await Promise.race([transport.idle(), sleep(FLUSH_MS)])
    await app.leave()
    await app.close()
  } catch (error) {
    app.log.error('stop.failed', { error })
  }
  process.exit(0)
}
