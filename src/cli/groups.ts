import type { Command } from 'commander'
import type { KeyGroup } from '../accounts/groups.ts'
import { newId } from '../ids.ts'
import { displayCost, money } from '../money.ts'
import { changeGroup, openGroup } from '../operator/groups.ts'
import { groupsWithUse } from '../usage/keys.ts'
import { capsIn, withSharedCaps, type CapOptions } from './cap-options.ts'
import { capsOf, shownCaps } from './key-shown.ts'
import { authorHere } from './money-act.ts'
import { table, type Column } from './table.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

/** `inkwell groups create`, `update` and `list`. */
export function groupsCommand(root: Command, withTerminal: WithTerminal): void {
  const groups = root.command('groups').description('groups of API keys that share budgets')
  withSharedCaps(
    groups
      .command('create')
      .description('create a group; `inkwell keys update <id> --group <id>` adds a key')
      .requiredOption('--account <id>', 'whose keys it is for')
      .requiredOption('--name <name>', 'what it is for, 1 to 100 characters'),
  )
    .option('--json', 'print JSON')
    .action((options: GroupOptions & { account: string }) =>
      withTerminal((terminal) => create(terminal, options)),
    )
  withSharedCaps(
    groups
      .command('update <id>')
      .description('change a group, from the next call of its keys on')
      .option('--name <name>', 'what it is for, 1 to 100 characters'),
  )
    .option('--json', 'print JSON')
    .action((id: string, options: GroupOptions) =>
      withTerminal((terminal) => update(terminal, id, options)),
    )
  groups
    .command('list')
    .description('list the groups with what they spent')
    .option('--account <id>', 'of one account only')
    .option('--json', 'print JSON')
    .action((options: { account?: string; json?: true }) =>
      withTerminal((terminal) => list(terminal, options)),
    )
}

type GroupOptions = CapOptions & { name?: string; json?: true }

async function create(
  { app, print, printJson }: Terminal,
  { account: accountId, name, json, ...caps }: GroupOptions & { account: string },
): Promise<void> {
  const author = authorHere(app)
  const id = newId('grp', author.at)
  const asked = { id, accountId, name, caps: capsIn(caps) }
  const group = await app.db.write(() => openGroup(asked, author))
  if (json) return printJson(shown(group))
  print(
    `  Group ${id} (${group.name}) of account ${accountId}. Caps: ${capsOf(group.caps)}`,
    `  Add a key: inkwell keys update <id> --group ${id}`,
  )
}

async function update(
  { app, print, printJson }: Terminal,
  id: string,
  { name, json, ...caps }: GroupOptions,
): Promise<void> {
  const author = authorHere(app)
  const changes = { name, caps: capsIn(caps) }
  const group = await app.db.write(() => changeGroup(id, changes, author))
  if (json) return printJson(shown(group))
  print(`  Group ${id} (${group.name}) is changed. Caps: ${capsOf(group.caps)}`)
}

async function list(
  { app, print, printJson }: Terminal,
  { account, json }: { account?: string; json?: true },
): Promise<void> {
  const groups = await app.db.read(() => groupsWithUse({ accountId: account }))
  if (json)
    return printJson({
      groups: groups.map((group) => ({ ...shown(group), spent: money(group.spent) })),
    })
  if (groups.length === 0) return print('  No groups yet.')
  const rows = groups.map((group) => [
    group.id,
    group.name,
    group.accountId,
    capsOf(group.caps),
    displayCost(group.spent),
  ])
  print(...table(COLUMNS, rows))
}

const COLUMNS: readonly Column[] = [
  { title: 'Id', width: 38 },
  { title: 'Name', width: 20, narrow: 'end' },
  { title: 'Account', width: 39 },
  { title: 'Caps', width: 14 },
  { title: 'Spent', width: 0 },
]

function shown({ id, accountId, name, caps, createdAt }: KeyGroup): object {
  return {
    id,
    accountId,
    name,
    caps: shownCaps(caps),
    createdAt: new Date(createdAt).toISOString(),
  }
}
