import { query, type TransactionBody } from '../db/db.ts'
import type { AlertDeliveryTable, AlertTable } from '../db/schema/alerts.ts'

/** The table with what is to be sent: to the operator's receiver, or to the webhooks of accounts. */
export type Queue = 'alert' | 'alert_delivery'

/** Where an alert is on its way to a receiver. `failed` is tried no more. */
export type AlertState = 'waiting' | 'delivered' | 'failed'

export function stateOf({
  delivered_at,
  next_at,
}: Pick<AlertTable, 'delivered_at' | 'next_at'>): AlertState {
  if (delivered_at !== null) return 'delivered'
  return next_at === null ? 'failed' : 'waiting'
}

/** Time after the first attempt until an alert is sent again, in milliseconds. The next ones are 4, 9, 16 times as long. */
const RETRY_MS = 60_000
/** How long after it was raised an alert is sent, in milliseconds. */
const SENT_FOR_MS = 3 * 86_400_000

/** Both queues have the columns of this one. */
const table = (queue: Queue) => queue as 'alert_delivery'

/**
 * Takes the alerts that are due, at most `limit`, for this process: no other one takes them before their next attempt is
 * due. Those that are too old are given up first. `now` is in milliseconds since 1970.
 */
export function* claimDue(queue: Queue, now: number, limit: number): TransactionBody<AlertTable[]> {
  const tooOld = now - SENT_FOR_MS
  yield* query((db, sql) =>
    db
      .updateTable(table(queue))
      .set({ next_at: null, answer: sql<string>`coalesce(answer, 'there was no receiver')` })
      .where('next_at', '<=', now)
      .where('at', '<', tooOld),
  )
  const due = yield* query((db, sql) =>
    db
      .updateTable(table(queue))
      .set({
        tries: sql<number>`tries + 1`,
        next_at: sql<number>`cast(${now} as bigint) + (tries + 1) * (tries + 1) * ${sql.lit(RETRY_MS)}`,
      })
      .where('next_at', '<=', now)
      .where('id', 'in', (first) =>
        first
          .selectFrom(table(queue))
          .select('id')
          .where('next_at', '<=', now)
          .orderBy('next_at')
          .limit(limit),
      )
      .returning('id'),
  )
  if (due.length === 0) return []
  const ids = due.map(({ id }) => id)
  return yield* query((db) => db.selectFrom('alert').selectAll().where('id', 'in', ids))
}

/** What came of an attempt to deliver an alert. `refused` is not to be sent again. */
export type Answer = { outcome: 'delivered' | 'refused' | 'failed'; says: string }

/** Stores what came of an attempt. An alert that was delivered stays so. `now` is in milliseconds since 1970. */
export function* noteAnswer(
  queue: Queue,
  { id, answer: { outcome, says } }: { id: string; answer: Answer },
  now: number,
): TransactionBody<void> {
  const ended = outcome === 'failed' ? {} : { next_at: null }
  const delivered = outcome === 'delivered' ? { delivered_at: now } : {}
  yield* query((db) =>
    db
      .updateTable(table(queue))
      .set({ answer: says, ...ended, ...delivered })
      .where('id', '=', id)
      .where('delivered_at', 'is', null),
  )
}

/** Makes the row of an alert that was raised before its account had a webhook. It is sent by hand only. */
export function* addDelivery({ id, account_id, at }: AlertTable): TransactionBody<void> {
  const unsent = { tries: 0, next_at: null, delivered_at: null, answer: null }
  const row: AlertDeliveryTable = { id, account_id, at, ...unsent }
  yield* query((db) =>
    db
      .insertInto('alert_delivery')
      .values(row)
      .onConflict((on) => on.doNothing()),
  )
}
