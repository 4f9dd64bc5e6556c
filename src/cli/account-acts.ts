import type { Command } from 'commander'
import type { Account } from '../accounts/accounts.ts'
import { LOCAL_ACCOUNT } from '../accounts/sessions.ts'
import type { TransactionBody } from '../db/db.ts'
import { newId } from '../ids.ts'
import { displayBalance } from '../money.ts'
import {
  changeAccount,
  closeAccount,
  openNew,
  resumeAccount,
  suspendAccount,
} from '../operator/accounts.ts'
import type { Author } from '../operator/audit.ts'
import { accountLines, shownAccount } from './account-shown.ts'
import { BY_OPTION, authorHere } from './money-act.ts'
import { readLimit, type Limit } from './key-options.ts'
import { MODELS_OPTION, modelsIn } from './options.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

const MAX_OPTION = [
  '--max-usd-per-call <usd>',
  'largest price of one call; none for no limit',
] as const

/** `inkwell accounts create`, `update`, `suspend`, `resume` and `close`. */
export function accountActs(accounts: Command, withTerminal: WithTerminal): void {
  accounts
    .command('create')
    .description('open an account with the signup grant')
    .requiredOption('--name <name>', 'who it is for, 1 to 100 characters')
    .option(...MODELS_OPTION)
    .option(...MAX_OPTION, readLimit)
    .option('--json', 'print JSON')
    .action((options: Terms & { name: string }) =>
      withTerminal((terminal) => create(terminal, options)),
    )
  accounts
    .command('update <id>')
    .description(`change an account, from its next call on; ${LOCAL_ACCOUNT.id} is this machine's`)
    .option('--name <name>', 'who it is for, 1 to 100 characters')
    .option(...MODELS_OPTION)
    .option(...MAX_OPTION, readLimit)
    .option('--json', 'print JSON')
    .action((id: string, { name, ...options }: Terms) =>
      act(withTerminal, options, 'changed', (author) =>
        changeAccount(id, { ...(name !== undefined && { name }), ...termsOf(options) }, author),
      ),
    )
  accounts
    .command('suspend <id>')
    .description('refuse paid calls and purchases from now on; work in hand is finished')
    .requiredOption('--reason <text>', 'why, in words for the account')
    .option(...BY_OPTION)
    .option('--json', 'print JSON')
    .action((id: string, options: ActOptions & { reason: string }) =>
      act(withTerminal, options, 'suspended', (author) =>
        suspendAccount(id, options.reason, author),
      ),
    )
  accounts
    .command('resume <id>')
    .description('end a suspension')
    .option('--reason <text>', 'why, for the audit log')
    .option(...BY_OPTION)
    .option('--json', 'print JSON')
    .action((id: string, options: ActOptions) =>
      act(withTerminal, options, 'open', (author) =>
        resumeAccount(id, options.reason ?? null, author),
      ),
    )
  accounts
    .command('close <id>')
    .description('revoke all keys and refuse all work, for ever; the balance stays')
    .option('--reason <text>', 'why, for the audit log')
    .option(...BY_OPTION)
    .option('--json', 'print JSON')
    .action((id: string, options: ActOptions) =>
      act(withTerminal, options, 'closed', (author) =>
        closeAccount(id, options.reason ?? null, author),
      ),
    )
}

type ActOptions = { reason?: string; by?: string; json?: true }
type Terms = ActOptions & { name?: string; models?: string; maxUsdPerCall?: Limit }

function termsOf({ models, maxUsdPerCall }: Terms) {
  const list = modelsIn(models)
  return {
    ...(list !== undefined && { models: list }),
    ...(maxUsdPerCall !== undefined && { maxPrice: maxUsdPerCall.limit }),
  }
}

async function create(
  { app, print, printJson }: Terminal,
  { name, json, ...options }: Terms & { name: string },
): Promise<void> {
  const author = authorHere(app)
  const id = newId('acct', author.at)
  const account = await app.db.write(() => openNew({ id, name, ...termsOf(options) }, author))
  if (json) return printJson(shownAccount(account))
  print(
    `  Account ${id} (${account.name}) is open. Balance: ${displayBalance(account.available)}`,
    `  Issue a key for it: inkwell keys create --account ${id}`,
  )
}

async function act(
  withTerminal: WithTerminal,
  { by, json }: ActOptions,
  done: string,
  change: (author: Author) => TransactionBody<Account>,
): Promise<void> {
  await withTerminal(async ({ app, print, printJson }) => {
    const author = authorHere(app, by)
    const account = await app.db.write(() => change(author))
    if (json) return printJson(shownAccount(account))
    print(`  Account ${account.id} (${account.name}) is ${done}.`, ...accountLines(account))
  })
}
