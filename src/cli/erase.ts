import type { Command } from 'commander'
import { displayBytes } from '../bytes.ts'
import { erase } from '../generations/erase.ts'
import { noteErasure } from '../operator/accounts.ts'
import { BY_OPTION, authorHere } from './money-act.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

type EraseOptions = { reason: string; by?: string; json?: true }

/** `inkwell accounts erase`. */
export function eraseCommand(accounts: Command, withTerminal: WithTerminal): void {
  accounts
    .command('erase <id>')
    .description(
      'remove all files, prompts and inputs of an account for ever: nothing brings them back; its entries stay',
    )
    .requiredOption('--reason <text>', 'why, for the audit log')
    .option(...BY_OPTION)
    .option('--json', 'print JSON')
    .action((id: string, options: EraseOptions) =>
      withTerminal((terminal) => eraseAccount(terminal, id, options)),
    )
}

async function eraseAccount(
  { app, print, printJson, fail }: Terminal,
  id: string,
  { reason, by, json }: EraseOptions,
): Promise<void> {
  const author = authorHere(app, by)
  await app.db.write(() => noteErasure(id, reason, author))
  const erased = await erase(app.pruning, { accountId: id })
  const { files, bytes, prompts, left, running } = erased
  if (running > 0) fail()
  if (json) return printJson({ id, ...erased })
  print(
    `  Removed ${files} files (${displayBytes(bytes)}) and forgot ${prompts} prompts of ${id}. Its entries stay.`,
    ...leftLine(left),
  )
  if (running > 0)
    print(`  ${running} generations have not ended and keep theirs: run this again once they have.`)
}

/** Says where copies may still be, of which this process knows nothing; nothing if there are none. */
export function leftLine(stores: readonly string[]): string[] {
  if (stores.length === 0) return []
  return [
    `  Copies may still be in ${stores.join(', ')}, which is not set up here: remove them there.`,
  ]
}
