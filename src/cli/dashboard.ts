import type { Command } from 'commander'
import { issuePageLink } from '../accounts/page-sessions.ts'
import { commandLineCaller } from './caller.ts'
import { openPage, withPlace, type PagePlace } from './open-page.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

/** `inkwell dashboard`. */
export function dashboardCommand(root: Command, withTerminal: WithTerminal): void {
  withPlace(root.command('dashboard'))
    .description('open the usage page of this machine, signed in')
    .action((place: PagePlace) => withTerminal((terminal) => open(terminal, place)))
}

async function open(terminal: Terminal, place: PagePlace): Promise<void> {
  const { app } = terminal
  const caller = commandLineCaller(app)
  await app.ready(caller)
  const token = await app.db.write(() => issuePageLink(caller.account.id, app.now()))
  await openPage(terminal, place, `/page/link/${token}`)
}
