import { execute, query, type TransactionBody } from '../db/db.ts'
import type { AlertKind, AlertTable } from '../db/schema/alerts.ts'
import { newId } from '../ids.ts'
import type { NewAlert } from './alert.ts'
import { stateOf, type AlertState } from './delivery.ts'

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

/** Queues an alert for the webhook of its account, if there is one and the alert was not raised before. */
const insertDelivery = execute(
  (db, { id, account_id, at }: Pick<AlertTable, 'id' | 'account_id' | 'at'>, sql) => {
    const insert = sql`
      insert into alert_delivery (id, account_id, at, tries, next_at)
      select cast(${id} as text), account_id, cast(${at} as bigint), 0, cast(${at} as bigint)
      from alert_receiver
      where account_id = ${account_id} and exists (select 1 from alert where id = ${id})`
    return { compile: () => insert.compile(db) }
  },
)

/**
 * Raises alerts, in the transaction of what they tell of. One that was raised before, by any process, stays as it is.
 * Its rows come after all others of the transaction and in the order of their keys, so that no two wait for each other.
 */
export function* raise(alerts: readonly NewAlert[]): TransactionBody<void> {
  if (alerts.length === 0) return
  const rows = alerts.map(rowOf)
  for (const row of rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))) {
    yield* insertAlert(row)
    if (row.account_id !== '') yield* insertDelivery(row)
  }
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

/** An alert, and its delivery to the webhook of its account: null where it had none. */
export type ListedAlert = AlertTable & {
  own_tries: number | null
  own_next_at: number | null
  own_delivered_at: number | null
  own_answer: string | null
}

/** Returns alerts, newest first, and whether there are older ones. */
export function* listAlerts({
  accountId,
  kind,
  before,
  limit,
}: AlertRequest): TransactionBody<{ alerts: ListedAlert[]; more: boolean }> {
  const rows = yield* query((db) => {
    let select = db
      .selectFrom('alert')
      .leftJoin('alert_delivery as own', 'own.id', 'alert.id')
      .selectAll('alert')
      .select([
        'own.tries as own_tries',
        'own.next_at as own_next_at',
        'own.delivered_at as own_delivered_at',
        'own.answer as own_answer',
      ])
      .orderBy('alert.id', 'desc')
    if (accountId !== undefined) select = select.where('alert.account_id', '=', accountId)
    if (kind !== undefined) select = select.where('kind', '=', kind)
    if (before !== undefined) select = select.where('alert.id', '<', before)
    return select.limit(limit + 1)
  })
  return { alerts: rows.slice(0, limit), more: rows.length > limit }
}

/** What became of an alert at the webhook of its account: in our words, after so many tries. */
export type OwnDelivery = { state: AlertState; tries: number; answer: string | null }

/** Returns what became of an alert at the webhook of its account; null if it was not sent there. */
export function ownDelivery(alert: ListedAlert): OwnDelivery | null {
  const { own_tries: tries, own_next_at: next_at, own_delivered_at: delivered_at } = alert
  if (tries === null) return null
  return { state: stateOf({ next_at, delivered_at }), tries, answer: alert.own_answer }
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
