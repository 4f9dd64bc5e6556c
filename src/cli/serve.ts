import { availableParallelism } from 'node:os'
import { InvalidArgumentError, type Command } from 'commander'
import type { ListenOptions } from '../server/http/listen.ts'
import { wholeNumber } from './options.ts'
import type { WithTerminal } from './terminal.ts'
import { unlistedAdvice } from './unlisted.ts'

/** `inkwell serve`. */
export function serveCommand(root: Command, withTerminal: WithTerminal): void {
  root
    .command('serve')
    .description('serve MCP, the REST API and the usage page over HTTP')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on', wholeNumber(0, 65_535), 8787)
    .option(
      '--allow-host <name>',
      'another name that clients may call it by, such as a public one; may be repeated',
      (name: string, names: string[]) => [...names, name],
      [],
    )
    .option(
      '--public-url <url>',
      'the address that clients reach it by, where a proxy stands before it',
      originOf,
    )
    .option(
      '--metrics-port <port>',
      'serve /metrics at this port instead, whatever the Host; /healthz and /readyz too',
      wholeNumber(1, 65_535),
    )
    .option(
      '--drain-delay <seconds>',
      'how long a stopping server still serves while /readyz is 503, for balancers',
      wholeNumber(0, 600),
      0,
    )
    .option(
      '--workers <number>',
      'processes that serve, which share nothing but the database; auto is one for each core',
      workersOf,
      1,
    )
    .action(({ workers, ...options }: ListenOptions & { workers: number }) =>
      withTerminal(async ({ app, print }) => {
        const advice = unlistedAdvice(app.config)
        if (advice !== null) app.log.warn('pricing.unlisted', { advice })
        const onListening = (origin: string): void => print(`Inkwell listens on ${origin}`)
        const { default: cluster } = await import('node:cluster')
        if (workers > 1 && cluster.isPrimary) {
          const { runWorkers } = await import('../server/http/workers.ts')
          const { drainDelay = 0 } = options
          await runWorkers({ count: workers, drainDelay, log: app.log, onListening })
        }
        const { listen } = await import('../server/http/listen.ts')
        await listen(app, options, onListening).catch((error: unknown) => {
          process.channel?.unref() // a worker that cannot serve ends, as a server alone does
          throw error
        })
      }),
    )
}

const WORKERS_MAX = 128

function workersOf(text: string): number {
  return text === 'auto' ? availableParallelism() : wholeNumber(1, WORKERS_MAX)(text)
}

/** Parses an origin, such as `https://example.com`. Throws `InvalidArgumentError` (exit code 2). */
export function originOf(text: string): URL {
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url
  throw new InvalidArgumentError('It must be an origin, such as https://images.example.com.')
}
