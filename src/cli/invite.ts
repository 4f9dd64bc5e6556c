import { InvalidArgumentError, type Command } from 'commander'
import { invite } from '../connect/identity.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

/** `inkwell accounts invite`. */
export function inviteCommand(accounts: Command, withTerminal: WithTerminal): void {
  accounts
    .command('invite')
    .description('let a person open an account by signing in, where INKWELL_SIGNUP is invite')
    .requiredOption('--email <address>', 'as the identity provider has verified it', readEmail)
    .option('--json', 'print JSON')
    .action((options: InviteOptions) => withTerminal((terminal) => inviteOne(terminal, options)))
}

type InviteOptions = { email: string; json?: true }

async function inviteOne(
  { app, print, printJson }: Terminal,
  { email, json }: InviteOptions,
): Promise<void> {
  const isNew = await app.db.write(() => invite(email, app.now()))
  if (json) return printJson({ email, isNew })
  print(isNew ? `  ${email} is invited.` : `  ${email} was invited before.`)
}

/** Parses an e-mail address. Throws `InvalidArgumentError` (exit code 2). */
function readEmail(text: string): string {
  const email = text.trim().toLowerCase()
  if (/^[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)+$/.test(email) && email.length <= 254) return email
  throw new InvalidArgumentError('It must be an e-mail address, such as ada@example.com.')
}
