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

/** Time after the first attempt until an alert is sent again, in milliseconds. The next ones are 4, 9, 16 times as long. */
const RETRY_MS = 60_000
/** How long after it was raised an alert is sent, in milliseconds. */
const SENT_FOR_MS = 3 * 86_400_000

/**
 * Takes the alerts that are due, at most `limit`, for this process: no other one takes them before their next attempt is
 * due. Those that are too old are given up first. `now` is in milliseconds since 1970.
 */
export function* claimDue(now: number, limit: number): TransactionBody<AlertTable[]> {
  const tooOld = now - SENT_FOR_MS
  yield* query((db, sql) =>
    db
      .updateTable('alert')
      .set({ next_at: null, answer: sql<string>`coalesce(answer, 'there was no receiver')` })
      .where('next_at', '<=', now)
      .where('at', '<', tooOld),
  )
  return yield* query((db, sql) =>
    db
      .updateTable('alert')
      .set({
        tries: sql<number>`tries + 1`,
        next_at: sql<number>`cast(${now} as bigint) + (tries + 1) * (tries + 1) * ${sql.lit(RETRY_MS)}`,
      })
      .where('next_at', '<=', now)
      .where('id', 'in', (due) =>
        due
          .selectFrom('alert')
          .select('id')
          .where('next_at', '<=', now)
          .orderBy('next_at')
          .limit(limit),
      )
      .returningAll(),
  )
}

/** What came of an attempt to deliver an alert. `refused` is not to be sent again. */
export type Answer = { outcome: 'delivered' | 'refused' | 'failed'; says: string }

/** Stores what came of an attempt. An alert that was delivered stays so. `now` is in milliseconds since 1970. */
export function* noteAnswer(
  id: string,
  { outcome, says }: Answer,
  now: number,
): TransactionBody<void> {
  const ended = outcome === 'failed' ? {} : { next_at: null }
  const delivered = outcome === 'delivered' ? { delivered_at: now } : {}
  yield* query((db) =>
    db
      .updateTable('alert')
      .set({ answer: says, ...ended, ...delivered })
      .where('id', '=', id)
      .where('delivered_at', 'is', null),
  )
}

/** Returns one alert; null if none has this id. */
export function* findAlert(id: string): TransactionBody<AlertTable | null> {
  const [alert] = yield* query((db) => db.selectFrom('alert').selectAll().where('id', '=', id))
  return alert ?? null
}

/** Returns when the oldest alert was raised that its receiver did not take, in milliseconds since 1970; null if there is none. */
export function* oldestUndelivered(): TransactionBody<number | null> {
  const [oldest] = yield* query(
    (db) =>
      db
        .selectFrom('alert')
        .select(({ fn }) => fn.min('at').as('at'))
        .where('next_at', 'is not', null)
        .where('tries', '>', 1), // one that is sent right now is no failure
  )
  return oldest?.at ?? null
}
