import { InvalidArgumentError, type Command } from 'commander'
import { newId } from '../ids.ts'
import {
  ADMIN_SCOPES,
  issueAdminKey,
  listAdminKeys,
  newAdminSecret,
  revokeAdminKey,
  type AdminKey,
  type AdminScope,
} from '../operator/admin-keys.ts'
import { issueAdminLink } from '../operator/admin-sessions.ts'
import { isoOrNull } from '../text.ts'
import { authorHere } from './money-act.ts'
import { openPage, withPlace, type PagePlace } from './open-page.ts'
import { table, type Column } from './table.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

/** `inkwell admin open`, and `inkwell admin keys create`, `list` and `revoke`. */
export function adminCommand(root: Command, withTerminal: WithTerminal): void {
  const admin = root
    .command('admin')
    .description("the operator's page, and who may use it and the admin API")
  withPlace(admin.command('open'))
    .description("open the operator's page, signed in as the user of this shell")
    .action((place: PagePlace) => withTerminal((terminal) => open(terminal, place)))
  const keys = admin.command('keys').description('issue, list and revoke keys of the admin API')
  keys
    .command('create')
    .description('issue an admin key; it is shown once')
    .requiredOption('--scopes <list>', 'read, or read,money to act, too', readAdminScopes)
    .option('--name <name>', 'who it is for, 1 to 100 characters', 'admin')
    .option('--json', 'print JSON')
    .action((options: CreateOptions) => withTerminal((terminal) => create(terminal, options)))
  keys
    .command('list')
    .description('list the admin keys; a key itself is never shown again')
    .option('--json', 'print JSON')
    .action((options: { json?: true }) => withTerminal((terminal) => list(terminal, options)))
  keys
    .command('revoke <id>')
    .description('refuse an admin key from now on')
    .option('--json', 'print JSON')
    .action((id: string, options: { json?: true }) =>
      withTerminal((terminal) => revoke(terminal, id, options)),
    )
}

async function open(terminal: Terminal, place: PagePlace): Promise<void> {
  const { app } = terminal
  const { by, at } = authorHere(app)
  const token = await app.db.write(() => issueAdminLink(by, at))
  await openPage(terminal, place, `/admin/link/${token}`)
}

type CreateOptions = { scopes: AdminScope[]; name: string; json?: true }

async function create(
  { app, print, printJson }: Terminal,
  { scopes, name, json }: CreateOptions,
): Promise<void> {
  const author = authorHere(app)
  const secret = newAdminSecret()
  const asked = { id: newId('adm', author.at), secret, name, scopes }
  const key = await app.db.write(() => issueAdminKey(asked, author))
  if (json) return printJson({ ...shown(key), key: secret })
  print(`  Admin key ${key.id}:`, '', `  ${secret}`, '', '  Keep it now: it is not shown again.')
}

async function list({ app, print, printJson }: Terminal, { json }: { json?: true }): Promise<void> {
  const keys = await app.db.read(listAdminKeys)
  if (json) return printJson({ keys: keys.map(shown) })
  if (keys.length === 0) return print('  No admin keys yet.')
  const rows = keys.map((key) => [
    key.id,
    key.name,
    `${key.prefix}…`,
    key.scopes.join(','),
    key.revokedAt === null ? 'live' : 'revoked',
  ])
  print(...table(COLUMNS, rows))
}

const COLUMNS: readonly Column[] = [
  { title: 'Id', width: 38 },
  { title: 'Name', width: 20, narrow: 'end' },
  { title: 'Key', width: 18 },
  { title: 'Scopes', width: 12 },
  { title: 'Status', width: 0 },
]

async function revoke(
  { app, print, printJson }: Terminal,
  id: string,
  { json }: { json?: true },
): Promise<void> {
  const author = authorHere(app)
  const revokedAt = isoOrNull(await app.db.write(() => revokeAdminKey(id, author)))
  if (json) printJson({ id, revokedAt })
  else print(`  Admin key ${id} is refused since ${revokedAt}.`)
}

function shown({ id, name, prefix, scopes, createdAt, revokedAt }: AdminKey): object {
  const times = { createdAt: isoOrNull(createdAt), revokedAt: isoOrNull(revokedAt) }
  return { id, name, prefix, scopes, ...times }
}

function readAdminScopes(text: string): AdminScope[] {
  const names = text.split(',').map((name) => name.trim())
  const scopes = ADMIN_SCOPES.filter((scope) => names.includes(scope))
  if (scopes.length > 0 && scopes.length === new Set(names).size) return scopes
  throw new InvalidArgumentError(`The scopes are ${ADMIN_SCOPES.join(', ')}.`)
}
