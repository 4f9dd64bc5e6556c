import { execute, query, type TransactionBody } from '../db/db.ts'
import type { AlertKind, AlertTable } from '../db/schema/alerts.ts'
import { newId } from '../ids.ts'
import type { NewAlert } from './alert.ts'

const insertAlert = execute((db, p: AlertTable) =>
  db
    .insertInto('alert')
    .values({
      account_id: p.account_id,
      kind: p.kind,
      subject: p.subject,
      period: p.period,
      threshold: p.threshold,
      cap: p.cap,
      id: p.id,
      at: p.at,
      details: p.details,
      tries: p.tries,
      next_at: p.next_at,
      delivered_at: p.delivered_at,
      answer: p.answer,
    })
    .onConflict((on) => on.doNothing()),
)

/**
 * Raises alerts, in the transaction of what they tell of. One that was raised before, by any process, stays as it is.
 * Its rows come after all others of the transaction and in the order of their keys, so that no two wait for each other.
 */
export function* raise(alerts: readonly NewAlert[]): TransactionBody<void> {
  if (alerts.length === 0) return
  const rows = alerts.map(rowOf)
  for (const row of rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))) yield* insertAlert(row)
}

function rowOf({ details, at, ...alert }: NewAlert): AlertTable {
  return {
    account_id: '',
    subject: '',
    period: '',
    threshold: 0,
    cap: 0,
    ...alert,
    id: newId('alert', at),
    at,
    details: JSON.stringify(details),
    tries: 0,
    next_at: at,
    delivered_at: null,
    answer: null,
  }
}

function keyOf({ account_id, kind, subject, period, threshold, cap }: AlertTable): string {
  return JSON.stringify([account_id, kind, subject, period, threshold, cap])
}

/** A request for alerts, newest first: of one account or kind, or of all, older than the alert `before`. */
export type AlertRequest = {
  accountId?: string | undefined
  kind?: AlertKind | undefined
  before?: string | undefined
  limit: number
}

/** Returns alerts, newest first, and whether there are older ones. */
export function* listAlerts({
  accountId,
  kind,
  before,
  limit,
}: AlertRequest): TransactionBody<{ alerts: AlertTable[]; more: boolean }> {
  const rows = yield* query((db) => {
    let select = db.selectFrom('alert').selectAll().orderBy('id', 'desc')
    if (accountId !== undefined) select = select.where('account_id', '=', accountId)
    if (kind !== undefined) select = select.where('kind', '=', kind)
    if (before !== undefined) select = select.where('id', '<', before)
    return select.limit(limit + 1)
  })
  return { alerts: rows.slice(0, limit), more: rows.length > limit }
}

/** Where an alert is on its way to the operator's receiver. `failed` is tried no more. */
export type AlertState = 'waiting' | 'delivered' | 'failed'

export function stateOf({ delivered_at, next_at }: AlertTable): AlertState {
  if (delivered_at !== null) return 'delivered'
  return next_at === null ? 'failed' : 'waiting'
}
