import type { Command } from 'commander'
import { statusOf } from '../accounts/api-key.ts'
import { freshKey } from '../accounts/keys.ts'
import { newSecret } from '../accounts/rotate-key.ts'
import { DEFAULT_SCOPES, SCOPES, type Scope } from '../accounts/scopes.ts'
import { LOCAL_ACCOUNT } from '../accounts/sessions.ts'
import { displayCost, money } from '../money.ts'
import { changeKey, createKey, endKey, GRACE_MS, renewKey } from '../operator/keys.ts'
import { keysWithUse } from '../usage/keys.ts'
import { capsIn, withCaps, type CapOptions } from './cap-options.ts'
import { readEnd, readGrace, readScopes, type End } from './key-options.ts'
import { capsOf, shownKey, termsOf } from './key-shown.ts'
import { authorHere, BY_OPTION } from './money-act.ts'
import { MODELS_OPTION, modelsIn, modelsOf } from './options.ts'
import { table } from './table.ts'
import type { Terminal, WithTerminal } from './terminal.ts'
import { isoOrNull } from '../text.ts'

const SCOPES_HELP = `what it may do, of ${SCOPES.join(',')}`
const END_HELP = '2027-01-31 (from 00:00 UTC on), 30d (from now) or never'

/** `inkwell keys create`, `update`, `rotate`, `list` and `revoke`. */
export function keysCommand(root: Command, withTerminal: WithTerminal): void {
  const keys = root
    .command('keys')
    .description('issue API keys for the HTTP server, change and revoke them')
  withCaps(
    keys
      .command('create')
      .description('issue a key; it is shown once')
      .requiredOption(
        '--account <id>',
        `whose credits it spends; ${LOCAL_ACCOUNT.id} is this machine's`,
      )
      .option('--name <name>', 'what it is for, 1 to 100 characters')
      .option(
        '--scopes <list>',
        `${SCOPES_HELP} (default: ${DEFAULT_SCOPES.join(',')})`,
        readScopes,
      )
      .option(...MODELS_OPTION)
      .option('--group <id>', 'a group, whose budgets count, too'),
  )
    .option('--expires <when>', END_HELP, readEnd)
    .option('--json', 'print JSON')
    .action((options: CreateOptions) => withTerminal((terminal) => create(terminal, options)))
  withCaps(
    keys
      .command('update <id>')
      .description('change a key, from its next request on; what is not named stays')
      .option('--name <name>', 'what it is for, 1 to 100 characters')
      .option('--scopes <list>', SCOPES_HELP, readScopes)
      .option(...MODELS_OPTION)
      .option('--group <id>', 'a group, whose budgets count, too; none takes it out'),
  )
    .option('--expires <when>', END_HELP, readEnd)
    .option('--json', 'print JSON')
    .action((id: string, options: ChangeOptions) =>
      withTerminal((terminal) => update(terminal, id, options)),
    )
  keys
    .command('rotate <id>')
    .description('give a key a new secret, shown once; its budgets and history go on')
    .option(
      '--grace <time>',
      'how long the old one is accepted: 24h (default), 30m, 7d or 0',
      readGrace,
    )
    .option(...BY_OPTION)
    .option('--json', 'print JSON')
    .action((id: string, options: RotateOptions) =>
      withTerminal((terminal) => rotate(terminal, id, options)),
    )
  keys
    .command('list')
    .description('list the keys; a key itself is never shown again')
    .option('--account <id>', 'of one account only')
    .option('--json', 'print JSON')
    .action((options: ListOptions) => withTerminal((terminal) => list(terminal, options)))
  keys
    .command('revoke <id>')
    .description('refuse a key from now on')
    .option('--json', 'print JSON')
    .action((id: string, options: { json?: true }) =>
      withTerminal((terminal) => revoke(terminal, id, options)),
    )
}

type ChangeOptions = CapOptions & {
  name?: string
  scopes?: Scope[]
  models?: string
  group?: string
  expires?: End
  json?: true
}

type CreateOptions = ChangeOptions & { account: string }

function changesIn({ name, scopes, models, group, expires, ...caps }: ChangeOptions, at: number) {
  return {
    name,
    scopes,
    models: modelsIn(models),
    groupId: group === 'none' ? null : group,
    caps: capsIn(caps),
    expiresAt: expires?.(at),
  }
}

async function create(
  { app, print, printJson }: Terminal,
  { account, json, ...options }: CreateOptions,
): Promise<void> {
  const author = authorHere(app)
  const changes = changesIn(options, author.at)
  const fresh = freshKey(author.at)
  const issued = await app.db.write(() => createKey(account, { ...changes, fresh }, author))
  const { id, key } = issued
  if (json) return printJson({ id, key, ...shownKey(issued, author.at) })
  print(`  Key ${id} of account ${account}:`, ...keptNow(key), ...termsOf(issued))
}

function keptNow(key: string): string[] {
  return ['', `  ${key}`, '', '  Keep it now: it is not shown again.']
}

async function update(
  { app, print, printJson }: Terminal,
  id: string,
  { json, ...options }: ChangeOptions,
): Promise<void> {
  const author = authorHere(app)
  const changes = changesIn(options, author.at)
  const key = await app.db.write(() => changeKey(id, changes, author))
  if (json) return printJson(shownKey(key, author.at))
  print(`  Key ${id} is changed:`, ...termsOf(key))
}

type RotateOptions = { grace?: number; by?: string; json?: true }

async function rotate(
  { app, print, printJson }: Terminal,
  id: string,
  { grace: graceMs = GRACE_MS, by, json }: RotateOptions,
): Promise<void> {
  const author = authorHere(app, by)
  const secret = newSecret()
  const rotated = await app.db.write(() => renewKey(id, { secret, graceMs }, author))
  const oldUntil = isoOrNull(rotated.oldUntil)
  if (json) return printJson({ id, key: secret, oldUntil, ...shownKey(rotated, author.at) })
  print(
    `  Key ${id} has a new secret:`,
    ...keptNow(secret),
    `  The old one is accepted until ${oldUntil}.`,
  )
}

type ListOptions = { account?: string; json?: true }

async function list(
  { app, print, printJson }: Terminal,
  { account: accountId, json }: ListOptions,
): Promise<void> {
  const at = app.now()
  const keys = await app.db.read(() => keysWithUse({ accountId }))
  if (json) {
    const shown = keys.map((key) => ({ ...shownKey(key, at), spent: money(key.spent) }))
    return printJson({ keys: shown })
  }
  if (keys.length === 0) return print('  No API keys yet.')
  const rows = keys.map((key) => [
    key.id,
    key.name ?? '',
    key.kind === 'connection' ? key.kind : `${key.prefix}…`,
    key.accountId,
    key.scopes.join(','),
    modelsOf(key),
    capsOf(key.caps),
    key.groupId ?? '',
    displayCost(key.spent),
    isoOrNull(key.expiresAt)?.slice(0, 10) ?? 'never',
    isoOrNull(key.lastUsedAt)?.slice(0, 10) ?? 'never',
    statusOf(key, at),
  ])
  print(...table(COLUMNS, rows))
}

const COLUMNS = [
  'Id',
  'Name',
  'Key',
  'Account',
  'Scopes',
  'Models',
  'Caps',
  'Group',
  'Spent',
  'Expires',
  'Used',
  'Status',
].map((title) => ({ title, width: title.length + 2 }))

async function revoke(
  { app, print, printJson }: Terminal,
  id: string,
  { json }: { json?: true },
): Promise<void> {
  const author = authorHere(app)
  const revokedAt = isoOrNull(await app.db.write(() => endKey(id, author)))
  if (json) printJson({ id, revokedAt })
  else print(`  Key ${id} is refused since ${revokedAt}.`)
}
