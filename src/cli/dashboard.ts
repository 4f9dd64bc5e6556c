import type { Command } from 'commander'
import { issuePageLink } from '../accounts/page-sessions.ts'
import { openBrowser } from './browser.ts'
import { commandLineCaller } from './caller.ts'
import type { Terminal, WithTerminal } from './terminal.ts'
import { wholeNumber } from './options.ts'
import { originOf } from './serve.ts'

const HOST = '127.0.0.1'

type DashboardOptions = { port: number; url?: URL }

/** `inkwell dashboard`. */
export function dashboardCommand(root: Command, withTerminal: WithTerminal): void {
  root
    .command('dashboard')
    .description('open the usage page of this machine, signed in')
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
    .action((options: DashboardOptions) => withTerminal((terminal) => open(terminal, options)))
}

/** Prints and opens a link that signs in one browser, once. Serves the page while the command runs. */
async function open({ app, print }: Terminal, { port, url }: DashboardOptions): Promise<void> {
  const caller = commandLineCaller(app)
  await app.ready(caller)
  const token = await app.db.write(() => issuePageLink(caller.account.id, app.now()))
  const show = (origin: string): void => {
    const link = `${origin}/page/link/${token}`
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
