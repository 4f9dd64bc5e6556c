import type { Command } from 'commander'
import { decide, type Decision } from '../approvals/decide.ts'
import { listApprovals, type ShownApproval } from '../approvals/list.ts'
import { firstOrThrow, type TransactionBody } from '../db/db.ts'
import { displayCost, money } from '../money.ts'
import { record, type Author } from '../operator/audit.ts'
import { authorHere, BY_OPTION } from './money-act.ts'
import { isoOrNull } from '../text.ts'
import { table, type Column } from './table.ts'
import type { Terminal, WithTerminal } from './terminal.ts'

/** `inkwell approvals list`, `approve` and `refuse`. */
export function approvalsCommand(root: Command, withTerminal: WithTerminal): void {
  const approvals = root
    .command('approvals')
    .description('calls that cost so much that a person decides')
  approvals
    .command('list')
    .description('list the calls that wait, newest first')
    .option('--account <id>', 'of one account only')
    .option('--all', 'list those that have ended, too')
    .option('--json', 'print JSON')
    .action((options: ListOptions) => withTerminal((terminal) => list(terminal, options)))
  for (const says of ['approve', 'refuse'] as const)
    approvals
      .command(`${says} <id>`)
      .description(DESCRIPTIONS[says])
      .option('--account <id>', 'only if it is of this account')
      .option(...BY_OPTION)
      .option('--json', 'print JSON')
      .action((id: string, options: DecideOptions) =>
        withTerminal((terminal) => act(terminal, { id, says }, options)),
      )
}

const DESCRIPTIONS = {
  approve: 'let a call go on: the agent makes the same call again, within 15 minutes',
  refuse: 'refuse a call, and give back what is held for it',
}

type ListOptions = { account?: string; all?: true; json?: true }

async function list(
  { app, print, printJson }: Terminal,
  { account: accountId, all, json }: ListOptions,
): Promise<void> {
  const wanted = { accountId, all: all ?? false, at: app.now() }
  const approvals = await app.db.read(() => listApprovals(wanted))
  if (json) return printJson({ approvals: approvals.map(shown) })
  if (approvals.length === 0) return print('  No call waits for an approval.')
  print(...table(COLUMNS, approvals.map(rowOf)))
}

const COLUMNS: readonly Column[] = [
  { title: 'Id', width: 38 },
  { title: 'Status', width: 10 },
  { title: 'Until (UTC)', width: 18 },
  { title: 'Cost', width: 10 },
  { title: 'Operation', width: 18 },
  { title: 'Model', width: 20, narrow: 'end' },
  { title: 'Account', width: 39 },
  { title: 'Key', width: 12, narrow: 'end' },
  { title: 'Prompt', width: 0, narrow: 'leave out' },
]

/** Most characters of a prompt in the table. */
const PROMPT_MAX = 60

function rowOf(approval: ShownApproval): string[] {
  const { id, status, expires_at, amount, operation, model, account_id } = approval
  const { key_name, key_id, prompt, count } = approval
  const until = new Date(expires_at).toISOString().slice(0, 16).replace('T', ' ')
  const many = count === 1 ? operation : `${count} x ${operation}`
  const key = key_name ?? key_id
  const words = (prompt ?? '').slice(0, PROMPT_MAX)
  return [id, status, until, displayCost(amount), many, model, account_id, key, words]
}

type DecideOptions = { account?: string; by?: string; json?: true }

async function act(
  { app, print, printJson }: Terminal,
  { id, says }: { id: string; says: Decision['says'] },
  { account: accountId, by, json }: DecideOptions,
): Promise<void> {
  const author = authorHere(app, by)
  const approval = await app.db.write(() => decideHere({ id, accountId, says }, author))
  if (json) return printJson(shown(approval))
  const cost = displayCost(approval.amount)
  print(
    says === 'approve'
      ? `  Approved: ${approval.operation} with ${approval.model} for ${cost}. The same call goes on if it is made by ${isoOrNull(approval.expires_at)}.`
      : `  Refused: ${approval.operation} with ${approval.model}. ${cost} is no longer held.`,
  )
}

/** Decides, and writes that to the audit log. */
function* decideHere(
  { id, accountId, says }: { id: string; accountId: string | undefined; says: Decision['says'] },
  author: Author,
): TransactionBody<ShownApproval> {
  const { at, by } = author
  const { account_id } = yield* decide({ id, accountId }, { says, by, at })
  yield* record(author, { action: `approvals.${says}`, account_id, subject: id })
  return firstOrThrow(yield* listApprovals({ id, all: true, at }))
}

function shown(approval: ShownApproval): object {
  return {
    id: approval.id,
    accountId: approval.account_id,
    keyId: approval.key_id === '' ? null : approval.key_id,
    keyName: approval.key_name,
    status: approval.status,
    operation: approval.operation,
    model: approval.model,
    count: approval.count,
    prompt: approval.prompt,
    cost: money(approval.amount),
    createdAt: isoOrNull(approval.created_at),
    expiresAt: isoOrNull(approval.expires_at),
    decidedBy: approval.decided_by,
    decidedAt: isoOrNull(approval.decided_at),
    generationId: approval.status === 'used' ? approval.generation_id : null,
  }
}
