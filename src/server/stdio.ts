import { randomUUID } from 'node:crypto'
import { Writable } from 'node:stream'
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import type { App } from '../app.ts'
import { buildServer } from './mcp.ts'

/** Largest message taken from a client, in bytes: room for several input images as data URIs. */
const MESSAGE_MAX = 64 * 1024 * 1024
/** Time that work in hand gets to end after stdin has ended, in milliseconds. */
const DRAIN_MS = 2_500
/** After this the process is gone, whatever still hangs, in milliseconds. */
const EXIT_MS = 3_500

/** Serves MCP on stdin and stdout until stdin ends. Nothing but JSON-RPC reaches stdout. */
export function serveOnStdio(app: App): void {
  const caller = app.localCaller(`process:${randomUUID()}`)
  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(0), EXIT_MS).unref()
    void leave(app)
  }
  // These listen before the transport does: the end of stdin is then no cancellation of what was asked for.
  process.stdin.once('end', stop)
  process.stdin.once('close', stop)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)
  const wire = takeStdout(stop)
  serveStdio(() => buildServer(app, { callerOf: () => caller, mayCancel: () => !stopping }), {
    transport: new StdioServerTransport(process.stdin, wire, { maxBufferSize: MESSAGE_MAX }),
    onerror: (error) => app.log.warn('mcp.transport', { error }),
  })
}

/** What does not end in time keeps its hold, and another process finishes or releases it. */
async function leave(app: App): Promise<void> {
  try {
    await app.drain(DRAIN_MS)
    await app.close()
  } catch (error) {
    app.log.error('stop.failed', { error })
  }
  process.exit(0)
}

/** Keeps stdout for the protocol: what anything else of this process prints there goes to stderr. */
function takeStdout(onBroken: () => void): Writable {
  const { stdout, stderr } = process
  const write = stdout.write.bind(stdout)
  stdout.write = stderr.write.bind(stderr)
  stdout.on('error', onBroken)
  return new Writable({
    decodeStrings: false,
    write: (chunk: string | Uint8Array, _encoding, done) => void write(chunk, done),
  })
}
