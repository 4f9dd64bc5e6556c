import type { Command } from 'commander'
import { dayOf } from '../ledger/rules.ts'
import { display, displayBalance, displayCost } from '../money.ts'
import { accountsPage, accountUse } from '../usage/accounts.ts'
import { accountActs } from './account-acts.ts'
import { eraseCommand } from './erase.ts'
import { accountLines, shownUse } from './account-shown.ts'
import { creditCommand } from './credit.ts'
import { inviteCommand } from './invite.ts'
import { modelsOf } from './options.ts'
import { table, type Column } from './table.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

/** Accounts that are read at a time. */
const PAGE = 500

/** `inkwell accounts` and its subcommands. */
export function accountsCommand(root: Command, withTerminal: WithTerminal): void {
  const accounts = root.command('accounts').description('accounts, each with its own balance')
  accountActs(accounts, withTerminal)
  eraseCommand(accounts, withTerminal)
  creditCommand(accounts, withTerminal)
  inviteCommand(accounts, withTerminal)
  accounts
    .command('list')
    .description('list every account with its balance and what it spent')
    .option('--json', 'print JSON')
    .action((options: { json?: true }) => withTerminal((terminal) => list(terminal, options)))
  accounts
    .command('show <id>')
    .description('show one account')
    .option('--json', 'print JSON')
    .action((id: string, options: { json?: true }) =>
      withTerminal((terminal) => show(terminal, id, options)),
    )
}

async function list({ app, print, printJson }: Terminal, { json }: { json?: true }): Promise<void> {
  const accounts = await app.db.read(function* all() {
    const found = []
    for (let after: string | undefined, more = true; more;) {
      const page = yield* accountsPage({ after, limit: PAGE }, app.now())
      found.push(...page.accounts)
      after = page.accounts.at(-1)?.id
      more = page.more
    }
    return found
  })
  if (json) return printJson({ accounts: accounts.map(shownUse) })
  if (accounts.length === 0) return print('  No accounts yet.')
  const rows = accounts.map((account) => [
    account.id,
    account.name,
    displayBalance(account.available),
    displayCost(account.spentToday),
    displayCost(account.spentThisMonth),
    String(account.liveKeys),
    account.state,
    modelsOf(account),
    dayOf(account.createdAt),
  ])
  print(...table(COLUMNS, rows))
}

async function show(
  { app, print, printJson }: Terminal,
  id: string,
  { json }: { json?: true },
): Promise<void> {
  const account = await app.db.read(() => accountUse(id, app.now()))
  if (json) return printJson(shownUse(account))
  print(
    `  Account ${id} (${account.name}), opened ${dayOf(account.createdAt)}`,
    `  Balance: ${displayBalance(account.available)}`,
    `  Held:    ${display(account.held)}`,
    ...(account.debt > 0 ? [`  Debt:    ${display(account.debt)}`] : []),
    `  Spent:   ${displayCost(account.spentToday)} today, ${displayCost(account.spentThisMonth)} this month`,
    `  Keys:    ${account.liveKeys}`,
    ...accountLines(account),
  )
}

const COLUMNS: readonly Column[] = [
  { title: 'Id', width: 39 },
  { title: 'Name', width: 20, narrow: 'end' },
  { title: 'Balance', width: 11 },
  { title: 'Today', width: 10 },
  { title: 'Month', width: 10 },
  { title: 'Keys', width: 6 },
  { title: 'State', width: 11 },
  { title: 'Models', width: 8, narrow: 'end' },
  { title: 'Created', width: 0, narrow: 'leave out' },
]
