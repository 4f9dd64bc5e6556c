import type { Command } from 'commander'
import type { AuditTable } from '../db/schema/operator.ts'
import { display } from '../money.ts'
import { listActs } from '../operator/audit.ts'
import { moneyOrNull } from '../usage/shapes.ts'
import { wholeNumber } from './options.ts'
import { table, type Column } from './table.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

type AuditOptions = { account?: string; limit: number; json?: true }

/** `inkwell audit`. */
export function auditCommand(root: Command, withTerminal: WithTerminal): void {
  root
    .command('audit')
    .description('list what operators did, newest first')
    .option('--account <id>', 'to one account only')
    .option('-l, --limit <n>', 'number of acts', wholeNumber(1, 10_000), 50)
    .option('--json', 'print JSON')
    .action((options: AuditOptions) => withTerminal((terminal) => show(terminal, options)))
}

async function show(
  { app, print, printJson }: Terminal,
  { account: accountId, limit, json }: AuditOptions,
): Promise<void> {
  const { acts, more } = await app.db.read(() => listActs({ accountId, limit }))
  if (json) return printJson({ audit: acts.map(described), hasMore: more })
  if (acts.length === 0) return print('  No acts of operators yet.')
  const rows = acts.map((act) => [
    timeOf(act).slice(0, 19).replace('T', ' '),
    act.author,
    act.action,
    act.account_id,
    act.amount === null ? '' : display(act.amount),
    [act.reason, act.subject, act.details].filter(Boolean).join(' · '),
  ])
  print(...table(COLUMNS, rows))
  if (more) print('', `  Showing the newest ${acts.length}: --limit shows more.`)
}

const COLUMNS: readonly Column[] = [
  { title: 'At', width: 21 },
  { title: 'By', width: 12, narrow: 'end' },
  { title: 'Action', width: 18 },
  { title: 'Account', width: 39 },
  { title: 'Amount', width: 11 },
  { title: 'Reason', width: 0, narrow: 'end' },
]

function described(act: AuditTable): object {
  return {
    id: act.id,
    at: timeOf(act),
    by: act.author,
    action: act.action,
    account: act.account_id === '' ? null : act.account_id,
    subject: act.subject,
    amount: moneyOrNull(act.amount),
    reason: act.reason,
    details: act.details,
    entryId: act.entry_id,
  }
}

function timeOf({ at }: AuditTable): string {
  return new Date(at).toISOString()
}
