import { firstOrThrow, query, preparedQuery, type Unit } from '../db/db.ts'
import type { PurchaseTable } from '../db/schema/billing.ts'

/** Purchases of an account that count as open against the caps, and since when. */
type Asked = { account_id: string; now: number; since: number; open_max: number; day_max: number }

/** Inserts a purchase unless too many are open or were begun. No row: one more would pass a cap. */
export const insertPurchase = preparedQuery((db, p: NewPurchase & Asked, sql) => {
  const insert = sql<{ id: string }>`
    insert into purchase (id, account_id, request_key, status, cents, credits, bonus, return_url, created_at, expires_at, poll_at)
    select cast(${p.id} as text), cast(${p.account_id} as text), cast(${p.request_key} as text), 'pending',
      cast(${p.cents} as bigint), cast(${p.credits} as bigint), cast(${p.bonus} as bigint), cast(${p.return_url} as text),
      cast(${p.created_at} as bigint), cast(${p.expires_at} as bigint), cast(${p.poll_at} as bigint)
    where (select count(*) from purchase where account_id = ${p.account_id} and status = 'pending'
        and expires_at > cast(${p.now} as bigint)) < cast(${p.open_max} as bigint)
      and (select count(*) from purchase where account_id = ${p.account_id}
        and created_at >= cast(${p.since} as bigint)) < cast(${p.day_max} as bigint)
    on conflict (account_id, request_key) do nothing
    returning id`
  return { compile: () => insert.compile(db) }
})

export type NewPurchase = Pick<
  PurchaseTable,
  | 'id'
  | 'account_id'
  | 'request_key'
  | 'cents'
  | 'credits'
  | 'bonus'
  | 'return_url'
  | 'created_at'
  | 'expires_at'
  | 'poll_at'
>

/** The purchase that was asked for with an Idempotency-Key. */
export const findByRequest = preparedQuery((db, p: { account_id: string; request_key: string }) =>
  db
    .selectFrom('purchase')
    .selectAll()
    .where('account_id', '=', p.account_id)
    .where('request_key', '=', p.request_key),
)

/** Purchases of an account that wait for their payment, newest first. */
export const findPending = preparedQuery((db, p: { account_id: string }) =>
  db
    .selectFrom('purchase')
    .selectAll()
    .where('account_id', '=', p.account_id)
    .where('status', '=', 'pending')
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(10),
)

/** The purchase of a session, whoever's it is. */
export const findByCheckout = preparedQuery((db, p: { checkout_id: string }) =>
  db.selectFrom('purchase').selectAll().where('checkout_id', '=', p.checkout_id),
)

export const findByPayment = preparedQuery((db, p: { payment_intent: string }) =>
  db.selectFrom('purchase').selectAll().where('payment_intent', '=', p.payment_intent),
)

/** Notes the session of a purchase, and where its page is now. */
export const attachCheckout = preparedQuery(
  (db, p: { id: string; checkout_id: string; url: string | null }) =>
    db
      .updateTable('purchase')
      .set((eb) => ({
        checkout_id: p.checkout_id,
        url: eb.case().when('completed_at', 'is', null).then(p.url).else(null).end(),
      }))
      .where('id', '=', p.id)
      .where((eb) => eb.or([eb('checkout_id', 'is', null), eb('checkout_id', '=', p.checkout_id)]))
      .returningAll(),
)

type Unpaid = 'failed' | 'expired'

/** Gives a purchase up. A paid one stays as it is. */
export const giveUp = preparedQuery(
  (db, p: { id: string; status: Unpaid; problem: string | null }) =>
    db
      .updateTable('purchase')
      .set({ status: p.status, problem: p.problem, url: null })
      .where('id', '=', p.id)
      .where('status', '=', 'pending'),
)

export const notePayment = preparedQuery(
  (db, p: { id: string; payment_intent: string | null; receipt_url: string | null }) =>
    db
      .updateTable('purchase')
      .set({ payment_intent: p.payment_intent, receipt_url: p.receipt_url, url: null })
      .where('id', '=', p.id),
)

/** Shortest and longest pause between two questions about one pending purchase, in milliseconds. */
const POLL_MS = { min: 2_000, max: 300_000 }

export function* anyPurchase(): Unit<boolean> {
  return (yield* query((db) => db.selectFrom('purchase').select('id').limit(1))).length > 0
}

/** Claims purchases whose turn it is to be asked about: each for one process. The older one is, the longer it waits. */
export function* claimDue(now: number, limit: number): Unit<PurchaseTable[]> {
  return yield* query((db, sql) => {
    const pause = sql`(cast(${now} as bigint) - created_at) / 4`
    const due = db
      .selectFrom('purchase')
      .select('id')
      .where('status', '=', 'pending')
      .where('poll_at', '<=', now)
      .orderBy('poll_at')
      .limit(limit)
    return db
      .updateTable('purchase')
      .set({
        poll_at: sql<number>`cast(${now} as bigint) + case when ${pause} < ${POLL_MS.min} then ${POLL_MS.min}
          when ${pause} > ${POLL_MS.max} then ${POLL_MS.max} else ${pause} end`,
      })
      .where('id', 'in', due)
      .where('poll_at', '<=', now)
      .returningAll()
  })
}

export function* anyPending(): Unit<boolean> {
  const rows = yield* query((db) =>
    db.selectFrom('purchase').select('id').where('status', '=', 'pending').limit(1),
  )
  return rows.length > 0
}

/** Claims paid purchases whose refunds and disputes were not looked at for long. */
export function* claimUnreconciled(
  { now, before, since }: { now: number; before: number; since: number },
  limit: number,
): Unit<PurchaseTable[]> {
  return yield* query((db) =>
    db
      .updateTable('purchase')
      .set({ synced_at: now })
      .where('id', 'in', (from) =>
        from
          .selectFrom('purchase')
          .select('id')
          .where('completed_at', '>=', since)
          .where('synced_at', '<', before)
          .orderBy('synced_at')
          .limit(limit),
      )
      .where('synced_at', '<', before)
      .returningAll(),
  )
}

/** Purchases of an account, newest first. */
export function* listPurchases(
  accountId: string,
  { limit, offset = 0, paid = false }: { limit: number; offset?: number; paid?: boolean },
): Unit<PurchaseTable[]> {
  return yield* query((db) => {
    const select = db
      .selectFrom('purchase')
      .selectAll()
      .where('account_id', '=', accountId)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .offset(offset)
    return paid ? select.where('completed_at', 'is not', null) : select
  })
}

/** What an account has paid in all, in US cents. */
export function* totalPaid(accountId: string): Unit<number> {
  const [row] = yield* query((db) =>
    db
      .selectFrom('purchase')
      .select(({ fn }) => fn.sum<number | string | null>('cents').as('cents'))
      .where('account_id', '=', accountId)
      .where('completed_at', 'is not', null),
  )
  return Number(row?.cents ?? 0)
}

/** What an operator has to look at: purchases that were put aside, and events that could not be dealt with for some time. */
export function* countTroubles(): Unit<{ aside: number; deadLetters: number }> {
  const aside = firstOrThrow(
    yield* query((db) =>
      db
        .selectFrom('purchase')
        .select(({ fn }) => fn.countAll().as('count'))
        .where('problem', 'is not', null),
    ),
  )
  const deadLetters = firstOrThrow(
    yield* query((db) =>
      db
        .selectFrom('dead_letter_event')
        .select(({ fn }) => fn.countAll().as('count'))
        .where('tries', '>', 3),
    ),
  )
  return { aside: Number(aside.count), deadLetters: Number(deadLetters.count) }
}

export const findPurchase = preparedQuery((db, p: { id: string }) =>
  db.selectFrom('purchase').selectAll().where('id', '=', p.id),
)

/** Completes a purchase by its one change from unpaid to paid. No row: it was completed before. */
export const completePurchase = preparedQuery((db, p: { id: string; at: number }) =>
  db
    .updateTable('purchase')
    .set({ status: 'completed', completed_at: p.at, problem: null })
    .where('id', '=', p.id)
    .where('completed_at', 'is', null)
    .returning(['account_id', 'credits']),
)

type Comparison = Pick<PurchaseTable, 'id' | 'version' | 'clawed_back' | 'status'> & { at: number }

/** Sets what is taken back of a paid purchase. No row: another comparison came first, or it was never paid. */
export const compareOnce = preparedQuery((db, p: Comparison) =>
  db
    .updateTable('purchase')
    .set((eb) => ({
      clawed_back: p.clawed_back,
      status: p.status,
      version: eb('version', '+', 1),
      synced_at: p.at,
    }))
    .where('id', '=', p.id)
    .where('version', '=', p.version)
    .where('completed_at', 'is not', null)
    .returning('id'),
)
