import type { Command } from 'commander'
import { isLive, type ApiKey, type KeyCaps } from '../accounts/api-key.ts'
import { openIfLocal } from '../accounts/accounts.ts'
import { issueKey, listKeys, revokeKey, updateKey } from '../accounts/keys.ts'
import { DEFAULT_SCOPES, SCOPES, type Scope } from '../accounts/scopes.ts'
import { LOCAL_ACCOUNT } from '../accounts/sessions.ts'
import { display, type Micro } from '../money.ts'
import { moneyOrNull } from '../usage/shapes.ts'
import type { Terminal, WithTerminal } from './terminal.ts'
import { readEnd, readScopes, readUsd, type End } from './key-options.ts'
import { MODELS_OPTION, modelsIn, modelsOf } from './options.ts'
import { table } from './table.ts'

const SCOPES_HELP = `what it may do, of ${SCOPES.join(',')}`
const END_HELP = '2027-01-31 (from 00:00 UTC on), 30d (from now) or never'

/** `inkwell keys create`, `update`, `list` and `revoke`. */
export function keysCommand(root: Command, withTerminal: WithTerminal): void {
  const keys = root
    .command('keys')
    .description('issue API keys for the HTTP server, change and revoke them')
  const cap = 'in US dollars; unset is no cap, 0 refuses every paid call'
  keys
    .command('create')
    .description('issue a key; it is shown once')
    .requiredOption(
      '--account <id>',
      `whose credits it spends; ${LOCAL_ACCOUNT.id} is this machine's`,
    )
    .option('--name <name>', 'what it is for, 1 to 100 characters')
    .option('--scopes <list>', `${SCOPES_HELP} (default: ${DEFAULT_SCOPES.join(',')})`, readScopes)
    .option(...MODELS_OPTION)
    .option('--max-usd-per-session <usd>', `cap of a session, ${cap}`, readUsd)
    .option('--max-usd-per-day <usd>', 'cap of a UTC day', readUsd)
    .option('--max-usd-per-month <usd>', 'cap of a UTC month', readUsd)
    .option('--max-usd-total, --max-usd-per-total <usd>', 'cap of all it ever spends', readUsd)
    .option('--max-usd-per-call <usd>', 'largest price of one call', readUsd)
    .option('--expires <when>', END_HELP, readEnd)
    .option('--json', 'print JSON')
    .action((options: CreateOptions) => withTerminal((terminal) => create(terminal, options)))
  keys
    .command('update <id>')
    .description('change a key, from its next request on; what is not named stays')
    .option('--name <name>', 'what it is for, 1 to 100 characters')
    .option('--scopes <list>', SCOPES_HELP, readScopes)
    .option(...MODELS_OPTION)
    .option('--expires <when>', END_HELP, readEnd)
    .option('--json', 'print JSON')
    .action((id: string, options: ChangeOptions) =>
      withTerminal((terminal) => update(terminal, id, options)),
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

type ChangeOptions = {
  name?: string
  scopes?: Scope[]
  models?: string
  expires?: End
  json?: true
}

type CreateOptions = ChangeOptions & {
  account: string
  maxUsdPerSession?: Micro
  maxUsdPerDay?: Micro
  maxUsdPerMonth?: Micro
  maxUsdPerTotal?: Micro
  maxUsdPerCall?: Micro
}

async function create(
  { app, print, printJson }: Terminal,
  { account, name, scopes, models, expires, json, ...max }: CreateOptions,
): Promise<void> {
  const at = app.now()
  const asked = { name, scopes, models: modelsIn(models), expiresAt: expires?.(at) }
  const caps = {
    session: max.maxUsdPerSession ?? null,
    day: max.maxUsdPerDay ?? null,
    month: max.maxUsdPerMonth ?? null,
    total: max.maxUsdPerTotal ?? null,
    call: max.maxUsdPerCall ?? null,
  }
  const issued = await app.db.write(function* issuing() {
    yield* openIfLocal(account, at)
    return yield* issueKey(account, { ...asked, caps }, at)
  })
  const { id, key } = issued
  if (json) return printJson({ id, key, ...described(issued, at) })
  print(
    `  Key ${id} of account ${account}:`,
    '',
    `  ${key}`,
    '',
    '  Keep it now: it is not shown again.',
    ...termsOf(issued),
  )
}

async function update(
  { app, print, printJson }: Terminal,
  id: string,
  { name, scopes, models, expires, json }: ChangeOptions,
): Promise<void> {
  const at = app.now()
  const changes = { name, scopes, models: modelsIn(models), expiresAt: expires?.(at) }
  const key = await app.db.write(() => updateKey(id, changes, at))
  if (json) return printJson(described(key, at))
  print(`  Key ${id} is changed:`, ...termsOf(key))
}

type ListOptions = { account?: string; json?: true }

async function list(
  { app, print, printJson }: Terminal,
  { account, json }: ListOptions,
): Promise<void> {
  const at = app.now()
  const keys = await app.db.read(() => listKeys(account))
  if (json) return printJson({ keys: keys.map((key) => described(key, at)) })
  if (keys.length === 0) return print('  No API keys yet.')
  const rows = keys.map((key) => [
    key.id,
    key.name ?? '',
    key.kind === 'connection' ? key.kind : `${key.prefix}…`,
    key.accountId,
    key.scopes.join(','),
    modelsOf(key),
    capsOf(key.caps),
    timeOf(key.expiresAt)?.slice(0, 10) ?? 'never',
    timeOf(key.lastUsedAt)?.slice(0, 10) ?? 'never',
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
  'Expires',
  'Used',
  'Status',
].map((title) => ({ title, width: title.length + 2 }))

async function revoke(
  { app, print, printJson }: Terminal,
  id: string,
  { json }: { json?: true },
): Promise<void> {
  const revokedAt = timeOf(await app.db.write(() => revokeKey({ id }, app.now())))
  if (json) printJson({ id, revokedAt })
  else print(`  Key ${id} is refused since ${revokedAt}.`)
}

/** Returns the permissions and limits of a key as lines of text. */
function termsOf(key: ApiKey): string[] {
  return [
    `  Scopes: ${key.scopes.join(', ')}`,
    `  Models: ${modelsOf(key)}`,
    `  Caps: ${capsOf(key.caps)}`,
    `  Expires: ${timeOf(key.expiresAt) ?? 'never'}`,
  ]
}

function described(key: ApiKey, at: number): object {
  const { id, kind, accountId, name, prefix, scopes, models } = key
  return {
    id,
    kind,
    accountId,
    name,
    prefix,
    scopes,
    models,
    caps: Object.fromEntries(
      Object.entries(key.caps).map(([scope, limit]) => [scope, moneyOrNull(limit)]),
    ),
    status: statusOf(key, at),
    expiresAt: timeOf(key.expiresAt),
    revokedAt: timeOf(key.revokedAt),
    lastUsedAt: timeOf(key.lastUsedAt),
    createdAt: timeOf(key.createdAt),
  }
}

function statusOf(key: ApiKey, at: number): 'live' | 'revoked' | 'expired' {
  if (isLive(key, at)) return 'live'
  return key.revokedAt === null ? 'expired' : 'revoked'
}

function capsOf(caps: KeyCaps): string {
  const set = Object.entries(caps).filter(([, limit]) => limit !== null)
  return set.map(([scope, limit]) => `${scope} ${display(limit ?? 0)}`).join(', ') || 'none'
}

function timeOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
