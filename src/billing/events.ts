import { query, type Unit } from '../db/db.ts'
import type { BillingDeps } from './deps.ts'
import type { DeadLetterEventTable } from '../db/schema/billing.ts'
import type { PaymentEvent } from './service.ts'

/** How often the events of the service are read, by whichever process comes first, in milliseconds. */
const READ_EVERY_MS = 60_000
/** Events may be listed a little after their time: each reading begins this long before the last one's end. */
const OVERLAP_MS = 300_000
/** A dead-letter event is tried again after this time, then after 4, 9, 16 times as long. */
const PARKED_MS = 60_000
const PARKED_TRIES_MAX = 20

/** Deals with one event. Throws where that has to be tried again. */
export type Dispatch = (event: Pick<PaymentEvent, 'checkoutId' | 'paymentIntent'>) => Promise<void>

/**
 * Reads the events since the last reading, oldest first, so that a machine which no webhook reaches hears
 * of refunds and disputes too. One that fails becomes a dead letter: it must not stop those behind it.
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
      await db.write(() => park(event, now()))
    }
  }
  seen.clear() // what lies before the overlap is not listed again
  for (const { id } of found) seen.add(id)
  const readTo = Math.max(since, ...found.map(({ createdAt }) => createdAt))
  await db.write(() => moveCursor(payments.name, readTo))
}

/** Tries dead-letter events again whose turn it is. One that never works stays in its table. */
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
 * The end of the last reading, for one process each time; null where it is too early for another, and
 * where no session was opened yet: nothing that came before the first purchase is about one.
 */
function* claimCursor(service: string, now: number): Unit<number | null> {
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

function* moveCursor(service: string, readTo: number): Unit<void> {
  yield* query((db) =>
    db
      .updateTable('event_cursor')
      .set({ read_to: readTo })
      .where('service', '=', service)
      .where('read_to', '<', readTo),
  )
}

function* park({ id, checkoutId, paymentIntent }: PaymentEvent, now: number): Unit<void> {
  const row: DeadLetterEventTable = {
    id,
    checkout_id: checkoutId,
    payment_intent: paymentIntent,
    tries: 1,
    next_at: now + PARKED_MS,
  }
  yield* query((db) =>
    db
      .insertInto('dead_letter_event')
      .values(row)
      .onConflict((on) => on.column('id').doNothing()),
  )
}

function* claimDeadLetters(now: number): Unit<DeadLetterEventTable[]> {
  return yield* query((db, sql) =>
    db
      .updateTable('dead_letter_event')
      .set({
        tries: sql<number>`tries + 1`,
        next_at: sql<number>`cast(${now} as bigint) + (tries + 1) * (tries + 1) * ${PARKED_MS}`,
      })
      .where('next_at', '<=', now)
      .where('tries', '<', PARKED_TRIES_MAX)
      .returningAll(),
  )
}
