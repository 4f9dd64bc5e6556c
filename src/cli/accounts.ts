import type { Command } from 'commander'
import { newId } from '../ids.ts'
import { createAccount, listAccounts } from '../accounts/accounts.ts'
import { SIGNUP_GRANT } from '../ledger/rules.ts'
import { displayBalance, money } from '../money.ts'
import type { Terminal, WithTerminal } from './command.ts'
import { table } from './table.ts'

/** `inkwell accounts create` and `inkwell accounts list`. */
export function accountsCommand(root: Command, withTerminal: WithTerminal): void {
  const accounts = root.command('accounts').description('open accounts, each with its own balance')
  accounts
    .command('create')
    .description('open an account with the signup grant')
    .requiredOption('--name <name>', 'who it is for, 1 to 100 characters')
    .option('--json', 'print JSON')
    .action((options: CreateOptions) => withTerminal((terminal) => create(terminal, options)))
  accounts
    .command('list')
    .description('list every account with its balance')
    .option('--json', 'print JSON')
    .action((options: { json?: true }) => withTerminal((terminal) => list(terminal, options)))
}

type CreateOptions = { name: string; json?: true }

async function create({ app, print, printJson }: Terminal, options: CreateOptions): Promise<void> {
  const at = app.generations.now()
  const id = newId('acct', at)
  const { name } = await app.db.write(() => createAccount(options.name, at, id))
  if (options.json)
    return printJson({
      id,
      name,
      balance: money(SIGNUP_GRANT),
      createdAt: new Date(at).toISOString(),
    })
  print(
    `  Account ${id} (${name}) is open. Balance: ${displayBalance(SIGNUP_GRANT)}`,
    `  Issue a key for it: inkwell keys create --account ${id}`,
  )
}

async function list({ app, print, printJson }: Terminal, { json }: { json?: true }): Promise<void> {
  const accounts = await app.db.read(listAccounts)
  if (json) {
    const rows = accounts.map(({ id, name, available, createdAt }) => ({
      id,
      name,
      balance: money(available),
      createdAt: new Date(createdAt).toISOString(),
    }))
    return printJson({ accounts: rows })
  }
  if (accounts.length === 0) return print('  No accounts yet.')
  const rows = accounts.map(({ id, name, available, createdAt }) => [
    id,
    name,
    displayBalance(available),
    new Date(createdAt).toISOString().slice(0, 10),
  ])
  print(...table(COLUMNS, rows))
}

const COLUMNS = [
  { title: 'Id', width: 39 },
  { title: 'Name', width: 20 },
  { title: 'Balance', width: 11 },
  { title: 'Created', width: 0 },
]
