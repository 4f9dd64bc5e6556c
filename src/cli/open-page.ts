import type { Command } from 'commander'
import { openBrowser } from './browser.ts'
import { wholeNumber } from './options.ts'
import { originOf } from './serve.ts'
import type { Terminal } from './terminal.ts'

const HOST = '127.0.0.1'

/** Where a page is: on a server that runs already, or served here at a port. */
export type PagePlace = { port: number; url?: URL }

/** Adds the options for where a page is. */
export function withPlace(command: Command): Command {
  return command
    .option(
      '--port <port>',
      'port to serve it on; any free one by default',
      wholeNumber(0, 65_535),
      0,
    )
    .option(
      '--url <url>',
      'open it on a server that runs on this ledger, instead of serving it',
      originOf,
    )
}

/** Prints and opens a link that signs in one browser, once. Serves the page while the command runs. */
export async function openPage(
  { app, print }: Terminal,
  { port, url }: PagePlace,
  path: string,
): Promise<void> {
  const show = (origin: string): void => {
    const link = `${origin}${path}`
    print(`  Open within 2 minutes: ${link}`)
    if (process.stdout.isTTY) openBrowser(link)
  }
  if (url !== undefined) return show(url.origin)
  const { listen } = await import('../server/http/listen.ts')
  await listen(app, { host: HOST, port, allowHost: [] }, (origin) => {
    show(origin)
    print('  The page is served until Ctrl-C.')
  })
}
