import type { Writable } from 'node:stream'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import type { Caller } from '../accounts/caller.ts'
import type { App } from '../app.ts'
import { crypto } from '../crypto.ts'
import { buildServer } from './mcp/mcp.ts'
import { countRequests, type CountingTransport } from './mcp/open-requests.ts'
import { createStdioTransport } from './stdio-transport.ts'

/** Largest message taken from a client, in bytes: room for several input images as data URIs. */
const MESSAGE_MAX = 64 * 1024 * 1024
/** Time that requests and work in hand get to end after stdin has ended, in milliseconds. */
const DRAIN_MS = 2_500
/** After this the process is gone, whatever still hangs, in milliseconds. */
const EXIT_MS = 3_500

/** Serves MCP on stdin and the wire until stdin ends. The end of stdin is no cancellation of what was asked for. */
export function serveOnStdio(app: App, wire: Writable): void {
  let caller: Caller | undefined
  app.showPagesAt(async () => {
    const { serveCheckout } = await import('./http/checkout-server.ts')
    return (await serveCheckout(app)).origin
  })
  const callerOf = (): Caller => (caller ??= app.localCaller(`process:${crypto().randomUUID()}`))
  const transport = countRequests(
    createStdioTransport(process.stdin, wire, { maxBytes: MESSAGE_MAX }),
  )
  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(0), EXIT_MS).unref()
    void leave(app, transport)
  }
  process.stdin.once('end', stop)
  process.stdin.once('close', stop)
  wire.once('close', stop)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  serveStdio(() => buildServer(app, { callerOf, mayCancel: () => !stopping }), {
    transport,
    onerror: (error) => app.log.warn('mcp.transport', { error }),
  })
}

/** What does not end in time keeps its hold, and another process finishes or releases it. */
async function leave(app: App, transport: CountingTransport): Promise<void> {
  try {
    await turn() // what stdin brought last is still on its way to the transport
    await Promise.race([transport.idle(), sleep(DRAIN_MS)])
    await app.drain(DRAIN_MS)
    await app.close()
  } catch (error) {
    app.log.error('stop.failed', { error })
  }
  process.exit(0)
}
