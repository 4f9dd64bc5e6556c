import type { Command } from 'commander'
import { displayBytes } from '../bytes.ts'
import { erase } from '../generations/prune.ts'
import { noteErasure } from '../operator/accounts.ts'
import { BY_OPTION, authorHere } from './money-act.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

type EraseOptions = { reason: string; by?: string; json?: true }

/** `inkwell accounts erase`. */
export function eraseCommand(accounts: Command, withTerminal: WithTerminal): void {
  accounts
    .command('erase <id>')
    .description('remove all files, prompts and inputs of an account for ever; its entries stay')
    .requiredOption('--reason <text>', 'why, for the audit log')
    .option(...BY_OPTION)
    .option('--json', 'print JSON')
    .action((id: string, options: EraseOptions) =>
      withTerminal((terminal) => eraseAccount(terminal, id, options)),
    )
}

async function eraseAccount(
  { app, print, printJson }: Terminal,
  id: string,
  { reason, by, json }: EraseOptions,
): Promise<void> {
  const author = authorHere(app, by)
  await app.db.write(() => noteErasure(id, reason, author))
  const { files, bytes, prompts } = await erase(app.pruning, { accountId: id })
  if (json) return printJson({ id, files, bytes, prompts })
  print(
    `  Removed ${files} files (${displayBytes(bytes)}) and forgot ${prompts} prompts of ${id}. Its entries stay.`,
  )
}
