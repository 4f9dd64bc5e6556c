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
const DRAIN_MS = 2_500
/** The process exits after this time even if something hangs, in milliseconds. */
const EXIT_MS = 3_000

/** Serves MCP on stdin and `protocolStdout` until stdin ends. The end of stdin does not cancel running calls. */
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
  const stop = (): void => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(0), EXIT_MS).unref()
    void shutDown(app, transport)
  }
  process.stdin.once('end', stop)
  process.stdin.once('close', stop)
  protocolStdout.once('close', stop)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  serveStdio(() => buildServer(app, { callerOf, mayCancel: () => !stopping }), {
    transport,
    onerror: (error) => app.log.warn('mcp.transport', { error }),
  })
}

/** Shuts down. Work that does not end in time keeps its hold; another process finishes or releases it. */
async function shutDown(app: App, transport: CountingTransport): Promise<void> {
  try {
    await nextTurn() // lets the transport receive the last data of stdin
    const drainedBy = performance.now() + DRAIN_MS
    await Promise.race([transport.idle(), sleep(DRAIN_MS)])
    await app.drain(Math.max(0, drainedBy - performance.now()))
    await app.close()
  } catch (error) {
    app.log.error('stop.failed', { error })
  }
  process.exit(0)
}
