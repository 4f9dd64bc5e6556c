import type { Command } from 'commander'
import {
  createAccount,
  listAccounts,
  openIfLocal,
  updateAccount,
  type Account,
} from '../accounts/accounts.ts'
import { LOCAL_ACCOUNT } from '../accounts/sessions.ts'
import { newId } from '../ids.ts'
import { dayOf, SIGNUP_GRANT } from '../ledger/rules.ts'
import { displayBalance, money } from '../money.ts'
import { readModelList } from '../pricing/model-list.ts'
import { creditCommand } from './credit.ts'
import type { Terminal, WithTerminal } from './terminal.ts'
import { MODELS_OPTION, modelsIn, modelsOf } from './options.ts'
import { table, type Column } from './table.ts'

/** `inkwell accounts create`, `update`, `list` and `credit`. */
export function accountsCommand(root: Command, withTerminal: WithTerminal): void {
  const accounts = root.command('accounts').description('open accounts, each with its own balance')
  accounts
    .command('create')
    .description('open an account with the signup grant')
    .requiredOption('--name <name>', 'who it is for, 1 to 100 characters')
    .option(...MODELS_OPTION)
    .option('--json', 'print JSON')
    .action((options: CreateOptions) => withTerminal((terminal) => create(terminal, options)))
  accounts
    .command('update <id>')
    .description(`change an account, from its next call on; ${LOCAL_ACCOUNT.id} is this machine's`)
    .requiredOption(...MODELS_OPTION)
    .option('--json', 'print JSON')
    .action((id: string, options: UpdateOptions) =>
      withTerminal((terminal) => update(terminal, id, options)),
    )
  accounts
    .command('list')
    .description('list every account with its balance')
    .option('--json', 'print JSON')
    .action((options: { json?: true }) => withTerminal((terminal) => list(terminal, options)))
  creditCommand(accounts, withTerminal)
}

type CreateOptions = { name: string; models?: string; json?: true }

async function create(
  { app, print, printJson }: Terminal,
  { name, json, ...options }: CreateOptions,
): Promise<void> {
  const at = app.now()
  const id = newId('acct', at)
  const models = modelsIn(options.models) ?? null
  const account = await app.db.write(function* opening() {
    yield* createAccount(name, at, id)
    return yield* updateAccount(id, { models })
  })
  if (json) return printJson(described(account))
  print(
    `  Account ${id} (${account.name}) is open. Balance: ${displayBalance(SIGNUP_GRANT)}`,
    `  Issue a key for it: inkwell keys create --account ${id}`,
  )
}

type UpdateOptions = { models: string; json?: true }

async function update(
  { app, print, printJson }: Terminal,
  id: string,
  { json, ...options }: UpdateOptions,
): Promise<void> {
  const at = app.now()
  const models = readModelList(options.models)
  const account = await app.db.write(function* updating() {
    yield* openIfLocal(id, at)
    return yield* updateAccount(id, { models })
  })
  if (json) return printJson(described(account))
  print(`  Account ${id} (${account.name}) may use: ${modelsOf(account)}`)
}

async function list({ app, print, printJson }: Terminal, { json }: { json?: true }): Promise<void> {
  const accounts = await app.db.read(listAccounts)
  if (json) return printJson({ accounts: accounts.map(described) })
  if (accounts.length === 0) return print('  No accounts yet.')
  const rows = accounts.map((account) => [
    account.id,
    account.name,
    displayBalance(account.available),
    modelsOf(account),
    dayOf(account.createdAt),
  ])
  print(...table(COLUMNS, rows))
}

function described({ id, name, available, models, createdAt }: Account): object {
  return {
    id,
    name,
    balance: money(available),
    models,
    createdAt: new Date(createdAt).toISOString(),
  }
}

const COLUMNS: readonly Column[] = [
  { title: 'Id', width: 39 },
  { title: 'Name', width: 20, narrow: 'end' },
  { title: 'Balance', width: 11 },
  { title: 'Models', width: 8, narrow: 'end' },
  { title: 'Created', width: 0, narrow: 'leave out' },
]
