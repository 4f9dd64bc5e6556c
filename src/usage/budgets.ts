import type { Caller } from '../accounts/caller.ts'
import { query, type Unit } from '../db/db.ts'
import {
  budgetStatus,
  keyBudgets,
  type BudgetStatus,
  type AccountStatus,
} from './account-status.ts'

/** Entries that are looked through for sessions, and sessions that are shown. */
const LOOKED_THROUGH = 100
const SESSIONS_MAX = 6

/** A budget by its name, with what is left of it. */
export type BudgetLine = BudgetStatus & { label: string }

/** A session that paid for something lately. */
export type LatestSession = BudgetStatus & { id: string; label: string }

const KEY_LABELS = {
  key_day: 'This key, today',
  key_month: 'This key, this month',
  key_total: 'This key, in all',
} as const

/** The budgets of the account, of the key that looks and of the latest sessions. Without a limit they tell what was spent. */
export function* budgetLines(
  caller: Caller,
  { day, month }: AccountStatus,
  sessions: readonly LatestSession[],
  nowMs: number,
): Unit<BudgetLine[]> {
  const ofKey = yield* keyBudgets(caller, nowMs)
  return [
    { label: 'Today', ...day },
    { label: 'This month', ...month },
    ...ofKey.map(({ scope, ...budget }) => ({ label: KEY_LABELS[scope], ...budget })),
    ...sessions,
  ]
}

/** The sessions that the newest entries belong to, latest first. */
export function* latestSessions(accountId: string): Unit<LatestSession[]> {
  const entries = yield* query((db) =>
    db
      .selectFrom('entry')
      .select('session_id')
      .where('account_id', '=', accountId)
      .orderBy('seq', 'desc')
      .limit(LOOKED_THROUGH),
  )
  const ids = [...new Set(entries.map(({ session_id }) => session_id))]
    .filter((id) => id !== null)
    .slice(0, SESSIONS_MAX)
  if (ids.length === 0) return []
  const rows = yield* query((db) =>
    db.selectFrom('session').selectAll().where('account_id', '=', accountId).where('id', 'in', ids),
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  const found: LatestSession[] = []
  for (const id of ids) {
    const row = byId.get(id)
    if (row === undefined) continue
    const label = sessionLabel(row.name, row.created_at)
    found.push({ id, label, ...(yield* budgetStatus('session', id, '', row.budget)) })
  }
  return found
}

/** A session by the name that somebody gave it, or by how it came and when it began. */
function sessionLabel(name: string, createdAt: number): string {
  const [, kind] = /^(process|mcp|day|key_\w+):/.exec(name) ?? []
  if (kind === undefined) return name
  const began = new Date(createdAt).toISOString().slice(0, 16).replace('T', ' ')
  if (kind === 'process') return `Process of ${began}`
  if (kind === 'mcp') return `Connection of ${began}`
  return kind === 'day' ? `Command line, ${began.slice(0, 10)}` : `Key, ${began.slice(0, 10)}`
}
