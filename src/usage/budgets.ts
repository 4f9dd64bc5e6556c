import type { Caller } from '../accounts/caller.ts'
import { query, type TransactionBody } from '../db/db.ts'
import { lastDays, thisMonth, type DayRange } from './days.ts'
import { refundsOfSession, NOTHING, refundsOf } from './spending.ts'
import { budgetStatuses, type BudgetStatus, type AccountStatus } from './account-status.ts'

/** Number of newest entries that are searched for sessions, and limit of the sessions shown. */
const ENTRIES_SEARCHED = 100
const SESSIONS_MAX = 6

/** A budget with its label. `refunded` is the part of what was spent that was refunded; it still counts. */
export type BudgetLine = BudgetStatus & { label: string; refunded: number }

/** A recent session. */
export type LatestSession = BudgetLine & { id: string }

const KEY_LABELS = {
  key_day: 'This key, today',
  key_month: 'This key, this month',
  key_total: 'This key, in all',
  group_day: 'Group of this key, today',
  group_month: 'Group of this key, this month',
  group_total: 'Group of this key, in all',
} as const

const EVER: DayRange = { from: '', to: '9' }

/** Returns the budgets of the account, of the caller's key and of the latest sessions; also those without a limit. */
export function* budgetLines(
  caller: Caller,
  { day, month, ofKey }: AccountStatus,
  sessions: readonly LatestSession[],
  nowMs: number,
): TransactionBody<BudgetLine[]> {
  const { account, keyId } = caller
  const lines: BudgetLine[] = []
  const add = function* add(label: string, status: BudgetStatus, days: DayRange, keyed: object) {
    const refunded = status.spent === 0 ? NOTHING : yield* refundsOf(account.id, days, keyed)
    lines.push({ ...status, label, refunded: refunded.cost })
  }
  yield* add('Today', day, lastDays(1, nowMs), {})
  yield* add('This month', month, thisMonth(nowMs), {})
  const ranges = { key_day: lastDays(1, nowMs), key_month: thisMonth(nowMs), key_total: EVER }
  for (const { scope, ...budget } of ofKey) {
    const label = KEY_LABELS[scope]
    // Entries do not name groups, so what was refunded of one is not told.
    if (!(scope in ranges)) lines.push({ ...budget, label, refunded: 0 })
    else yield* add(label, budget, ranges[scope as keyof typeof ranges], { keyId })
  }
  return [...lines, ...sessions]
}

/** Returns the sessions of the newest entries, latest first. */
export function* latestSessions(accountId: string): TransactionBody<LatestSession[]> {
  const entries = yield* query((db) =>
    db
      .selectFrom('entry')
      .select('session_id')
      .where('account_id', '=', accountId)
      .orderBy('seq', 'desc')
      .limit(ENTRIES_SEARCHED),
  )
  const ids = [...new Set(entries.map(({ session_id }) => session_id))]
    .filter((id) => id !== null)
    .slice(0, SESSIONS_MAX)
  if (ids.length === 0) return []
  const rows = yield* query((db) =>
    db.selectFrom('session').selectAll().where('account_id', '=', accountId).where('id', 'in', ids),
  )
  const shown = ids.flatMap((id) => rows.filter((row) => row.id === id))
  const statuses = yield* budgetStatuses(
    shown.map(({ id, budget: limit }) => ({ scope: 'session', subject: id, period: '', limit })),
  )
  const found: LatestSession[] = []
  for (const [place, { id, name, created_at: at }] of shown.entries()) {
    const status = statuses[place]
    if (status === undefined) continue
    const refunded = status.spent === 0 ? NOTHING : yield* refundsOfSession(accountId, id)
    found.push({ id, label: sessionLabel(name, at), ...status, refunded: refunded.cost })
  }
  return found
}

/** Returns the names of sessions for a person, by their ids. */
export function* sessionsById(
  accountId: string,
  ids: readonly string[],
): TransactionBody<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = yield* query((db) =>
    db
      .selectFrom('session')
      .select(['id', 'name', 'created_at'])
      .where('id', 'in', ids)
      .where('account_id', '=', accountId),
  )
  return new Map(rows.map(({ id, name, created_at: at }) => [id, sessionLabel(name, at)]))
}

/** The given name of a session, or its kind and the time when it began. */
export function sessionLabel(name: string, createdAt: number): string {
  const [, kind] = /^(process|mcp|day|key_\w+):/.exec(name) ?? []
  if (kind === undefined) return name
  const began = new Date(createdAt).toISOString().slice(0, 16).replace('T', ' ')
  if (kind === 'process') return `Process of ${began}`
  if (kind === 'mcp') return `Connection of ${began}`
  return kind === 'day' ? `Command line, ${began.slice(0, 10)}` : `Key, ${began.slice(0, 10)}`
}
