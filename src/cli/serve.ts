import type { Command } from 'commander'
import type { Terminal, WithTerminal } from './command.ts'
import { wholeNumber } from './options.ts'

/** Time that work in hand gets to end after a stop, in milliseconds. */
const DRAIN_MS = 10_000

/** `inkwell serve`. */
export function serveCommand(root: Command, withTerminal: WithTerminal): void {
  root
    .command('serve')
    .description('serve MCP and the REST API over HTTP')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on', wholeNumber(0, 65_535), 8787)
    .action((options: { host: string; port: number }) =>
      withTerminal((terminal) => listen(terminal, options)),
    )
}

/** Listens until the process is asked to stop; then finishes what is in hand, or leaves it to another process. */
async function listen(
  { app, print }: Terminal,
  { host, port }: { host: string; port: number },
): Promise<void> {
  const [{ serve }, { createHttp }] = await Promise.all([
    import('@hono/node-server'),
    import('../server/http/http.ts'),
  ])
  const http = createHttp(app, ['localhost', '127.0.0.1', '[::1]', host])
  const server = serve({ fetch: http.fetch, hostname: host, port }, (address) =>
    print(`Inkwell listens on http://${host}:${address.port}`),
  )
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
  const closed = new Promise((resolve) => server.close(resolve))
  await app.drain(DRAIN_MS)
  await http.close()
  if ('closeAllConnections' in server) server.closeAllConnections()
  await closed
}
