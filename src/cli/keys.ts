import { InvalidArgumentError, type Command } from 'commander'
import { isLive, type ApiKey, type KeyCaps } from '../accounts/api-key.ts'
import { issueKey, listKeys, revokeKey } from '../accounts/keys.ts'
import { DEFAULT_SCOPES, SCOPES, scopesOf, type Scope } from '../accounts/scopes.ts'
import { LOCAL_ACCOUNT } from '../accounts/sessions.ts'
import { openAccount } from '../ledger/ledger.ts'
import { display, money, parseUsd, type Micro } from '../money.ts'
import type { Terminal, WithTerminal } from './command.ts'
import { table } from './table.ts'

const DAY_MS = 24 * 60 * 60_000

/** `inkwell keys create`, `inkwell keys list` and `inkwell keys revoke`. */
export function keysCommand(root: Command, withTerminal: WithTerminal): void {
  const keys = root
    .command('keys')
    .description('issue API keys for the HTTP server, and revoke them')
  const cap = 'in US dollars; unset is no cap, 0 refuses every paid call'
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
      `what it may do, of ${SCOPES.join(',')} (default: ${DEFAULT_SCOPES.join(',')})`,
      readScopes,
    )
    .option('--max-usd-per-session <usd>', `cap of a session, ${cap}`, readUsd)
    .option('--max-usd-per-day <usd>', 'cap of a UTC day', readUsd)
    .option('--max-usd-per-month <usd>', 'cap of a UTC month', readUsd)
    .option('--max-usd-total, --max-usd-per-total <usd>', 'cap of all it ever spends', readUsd)
    .option('--expires <when>', '2027-01-31 (from 00:00 UTC on) or 30d (from now)', readEnd)
    .option('--json', 'print JSON')
    .action((options: CreateOptions) => withTerminal((terminal) => create(terminal, options)))
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

type CreateOptions = {
  account: string
  name?: string
  scopes?: Scope[]
  maxUsdPerSession?: Micro
  maxUsdPerDay?: Micro
  maxUsdPerMonth?: Micro
  maxUsdPerTotal?: Micro
  expires?: (nowMs: number) => number
  json?: true
}

async function create(
  { app, print, printJson }: Terminal,
  { account, name, scopes, expires, json, ...max }: CreateOptions,
): Promise<void> {
  const at = app.generations.now()
  const caps = {
    session: max.maxUsdPerSession ?? null,
    day: max.maxUsdPerDay ?? null,
    month: max.maxUsdPerMonth ?? null,
    total: max.maxUsdPerTotal ?? null,
  }
  const issued = await app.db.write(function* issuing() {
    // The account of this machine opens with its first use, and this may be it.
    if (account === LOCAL_ACCOUNT.id) yield* openAccount(LOCAL_ACCOUNT.id, LOCAL_ACCOUNT.name, at)
    return yield* issueKey(account, { name, scopes, caps, expiresAt: expires?.(at) }, at)
  })
  const { id, key } = issued
  if (json) return printJson({ id, key, ...described(issued, at) })
  print(
    `  Key ${id} of account ${account}:`,
    '',
    `  ${key}`,
    '',
    '  Keep it now: it is not shown again.',
    `  Scopes: ${issued.scopes.join(', ')}`,
    `  Caps: ${capsOf(issued.caps)}`,
    `  Expires: ${timeOf(issued.expiresAt) ?? 'never'}`,
  )
}

type ListOptions = { account?: string; json?: true }

async function list(
  { app, print, printJson }: Terminal,
  { account, json }: ListOptions,
): Promise<void> {
  const at = app.generations.now()
  const keys = await app.db.read(() => listKeys(account))
  if (json) return printJson({ keys: keys.map((key) => described(key, at)) })
  if (keys.length === 0) return print('  No API keys yet.')
  const rows = keys.map((key) => [
    key.id,
    key.name ?? '',
    `${key.prefix}…`,
    key.accountId,
    key.scopes.join(','),
    capsOf(key.caps),
    timeOf(key.expiresAt)?.slice(0, 10) ?? 'never',
    timeOf(key.lastUsedAt)?.slice(0, 10) ?? 'never',
    statusOf(key, at),
  ])
  print(...table(COLUMNS, rows))
}

const COLUMNS = ['Id', 'Name', 'Key', 'Account', 'Scopes', 'Caps', 'Expires', 'Used', 'Status'].map(
  (title) => ({ title, width: title.length + 2 }),
)

async function revoke(
  { app, print, printJson }: Terminal,
  id: string,
  { json }: { json?: true },
): Promise<void> {
  const revokedAt = timeOf(await app.db.write(() => revokeKey({ id }, app.generations.now())))
  if (json) printJson({ id, revokedAt })
  else print(`  Key ${id} is refused since ${revokedAt}.`)
}

function described(key: ApiKey, at: number): object {
  const { id, accountId, name, prefix, scopes } = key
  return {
    id,
    accountId,
    name,
    prefix,
    scopes,
    caps: Object.fromEntries(
      Object.entries(key.caps).map(([scope, limit]) => [
        scope,
        limit === null ? null : money(limit),
      ]),
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

function readUsd(text: string): Micro {
  const amount = parseUsd(text)
  if (amount !== null) return amount
  throw new InvalidArgumentError(
    'It must be a plain amount of US dollars such as 5 or 0.50 (at most 6 decimals).',
  )
}

function readScopes(text: string): Scope[] {
  const scopes = scopesOf(text.split(',').map((name) => name.trim()))
  if (scopes !== null) return scopes
  throw new InvalidArgumentError(`The scopes are ${SCOPES.join(', ')}.`)
}

/** The end of a key as a day, from its first instant, or as a number of days from now. */
function readEnd(text: string): (nowMs: number) => number {
  const days = Number(/^([1-9]\d{0,3})d$/.exec(text)?.[1])
  if (days > 0) return (nowMs) => nowMs + days * DAY_MS
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  // The parser takes 30 February for 2 March: only a day that reads back as it was written exists.
  if (!Number.isNaN(day) && new Date(day).toISOString().startsWith(text)) return () => day
  throw new InvalidArgumentError(
    'It must be a day such as 2027-01-31, or days from now such as 30d.',
  )
}
