import { query, type TransactionBody } from '../db/db.ts'
import type { BillingDeps } from './deps.ts'
import { RETRIES_MAX, type DeadLetterEventTable } from '../db/schema/billing.ts'
import type { PaymentEvent } from './service.ts'

/** Minimum time between two readings of the events, across all processes, in milliseconds. */
const READ_EVERY_MS = 60_000
/** The service may list an event late, so each reading starts this many milliseconds before the end of the last one. */
const OVERLAP_MS = 300_000
/** First delay before a dead-letter event is retried, in milliseconds. The next delays are 4, 9, 16 times as long. */
const RETRY_MS = 60_000

/** Processes one event. Throws if it has to be retried. */
export type Dispatch = (event: Pick<PaymentEvent, 'checkoutId' | 'paymentIntent'>) => Promise<void>

/**
 * Reads the events since the last reading, oldest first. So a machine that no webhook reaches learns of
 * refunds and disputes too. A failed event becomes a dead letter, so that it does not block later events.
 */
export async function readEvents(
  { db, log, now, service }: BillingDeps,
  dispatch: Dispatch,
  seen: Set<string>,
): Promise<void> {
  const payments = await service()
  const since = await db.write(() => claimCursor(payments.name, now()))
  if (since === null) return
  const found = await payments.events(since - OVERLAP_MS)
  for (const event of found.filter(({ id }) => !seen.has(id))) {
    try {
      await dispatch(event)
    } catch (error) {
      log.warn('event.dead_letter', { id: event.id, error })
      await db.write(() => insertDeadLetter(event, now()))
    }
  }
  seen.clear() // events before the overlap are not listed again
  for (const { id } of found) seen.add(id)
  const readTo = Math.max(since, ...found.map(({ createdAt }) => createdAt))
  await db.write(() => moveCursor(payments.name, readTo))
}

/** Retries the dead-letter events that are due. An event that always fails stays in the table. */
export async function retryDeadLetters(
  { db, log, now }: BillingDeps,
  dispatch: Dispatch,
): Promise<void> {
  for (const { id, checkout_id, payment_intent } of await db.write(() => claimDeadLetters(now()))) {
    try {
      await dispatch({ checkoutId: checkout_id, paymentIntent: payment_intent })
      await db.write(() => query((sql) => sql.deleteFrom('dead_letter_event').where('id', '=', id)))
    } catch (error) {
      log.warn('event.dead_letter', { id, error })
    }
  }
}

/**
 * Claims the next reading for this process and returns the end of the last one, as Unix time in milliseconds.
 * Returns null if it is too early, or if no session was opened yet: earlier events concern no purchase.
 */
function* claimCursor(service: string, now: number): TransactionBody<number | null> {
  const [first] = yield* query((db) =>
    db
      .selectFrom('purchase')
      .select('created_at')
      .where('checkout_id', 'is not', null)
      .orderBy('created_at')
      .limit(1),
  )
  if (first === undefined) return null
  const [claimed] = yield* query((db) =>
    db
      .insertInto('event_cursor')
      .values({ service, read_to: first.created_at, read_at: now })
      .onConflict((on) =>
        on
          .column('service')
          .doUpdateSet({ read_at: now })
          .where('event_cursor.read_at', '<=', now - READ_EVERY_MS),
      )
      .returning('read_to'),
  )
  return claimed?.read_to ?? null
}

function* moveCursor(service: string, readTo: number): TransactionBody<void> {
  yield* query((db) =>
    db
      .updateTable('event_cursor')
      .set({ read_to: readTo })
      .where('service', '=', service)
      .where('read_to', '<', readTo),
  )
}

function* insertDeadLetter(
  { id, checkoutId, paymentIntent }: PaymentEvent,
  now: number,
): TransactionBody<void> {
  const row: DeadLetterEventTable = {
    id,
    checkout_id: checkoutId,
    payment_intent: paymentIntent,
    tries: 1,
    next_at: now + RETRY_MS,
  }
  yield* query((db) =>
    db
      .insertInto('dead_letter_event')
      .values(row)
      .onConflict((on) => on.column('id').doNothing()),
  )
}

function* claimDeadLetters(now: number): TransactionBody<DeadLetterEventTable[]> {
  return yield* query((db, sql) =>
    db
      .updateTable('dead_letter_event')
      .set({
        tries: sql<number>`tries + 1`,
        next_at: sql<number>`cast(${now} as bigint) + (tries + 1) * (tries + 1) * ${RETRY_MS}`,
      })
      .where('next_at', '<=', now)
      .where('tries', '<', RETRIES_MAX)
      .returningAll(),
  )
}
