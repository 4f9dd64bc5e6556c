import { firstOrThrow, query, preparedQuery, type TransactionBody } from '../db/db.ts'
import type { PurchaseTable } from '../db/schema/billing.ts'

/** Caps on the purchases of an account. `now` and `since` (the start of the day) are Unix times in milliseconds. */
type Caps = { account_id: string; now: number; since: number; open_max: number; day_max: number }

/** Inserts a purchase. Returns no row if too many are open or were started, or if the account is suspended or closed. */
export const insertPurchase = preparedQuery((db, p: NewPurchase & Caps, sql) => {
  const insert = sql<{ id: string }>`
    insert into purchase (id, account_id, request_key, status, cents, credits, bonus, return_url, created_at, expires_at, poll_at)
    select cast(${p.id} as text), cast(${p.account_id} as text), cast(${p.request_key} as text), 'pending',
      cast(${p.cents} as bigint), cast(${p.credits} as bigint), cast(${p.bonus} as bigint), cast(${p.return_url} as text),
      cast(${p.created_at} as bigint), cast(${p.expires_at} as bigint), cast(${p.poll_at} as bigint)
    where (select count(*) from purchase where account_id = ${p.account_id} and status = 'pending'
        and expires_at > cast(${p.now} as bigint)) < cast(${p.open_max} as bigint)
      and (select count(*) from purchase where account_id = ${p.account_id}
        and created_at >= cast(${p.since} as bigint)) < cast(${p.day_max} as bigint)
      and not exists (select 1 from account where id = ${p.account_id} and (suspended_at > 0 or closed_at > 0))
    on conflict (account_id, request_key) do nothing returning id`
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

/** Finds a purchase of an account by its Idempotency-Key. */
export const findByRequest = preparedQuery((db, p: { account_id: string; request_key: string }) =>
  db
    .selectFrom('purchase')
    .selectAll()
    .where('account_id', '=', p.account_id)
    .where('request_key', '=', p.request_key),
)

/** Finds the unpaid purchases of an account that can still be paid, newest first, 10 at most. */
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

/** Finds the purchase of a session, in any account. */
export const findByCheckout = preparedQuery((db, p: { checkout_id: string }) =>
  db.selectFrom('purchase').selectAll().where('checkout_id', '=', p.checkout_id),
)

/** Finds the purchase of a payment, in any account. */
export const findByPayment = preparedQuery((db, p: { payment_intent: string }) =>
  db.selectFrom('purchase').selectAll().where('payment_intent', '=', p.payment_intent),
)

/** Stores the session of a purchase and the current URL of its page. Returns no row if it has another session. */
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

/** Ends a pending purchase as failed or expired. A paid one stays unchanged. */
export const giveUp = preparedQuery(
  (db, p: { id: string; status: Unpaid; problem: string | null }) =>
    db
      .updateTable('purchase')
      .set({ status: p.status, problem: p.problem, url: null })
      .where('id', '=', p.id)
      .where('status', '=', 'pending'),
)

/** Stores the payment and the receipt of a purchase, and removes its payment page. */
export const notePayment = preparedQuery(
  (db, p: { id: string; payment_intent: string | null; receipt_url: string | null }) =>
    db
      .updateTable('purchase')
      .set({ payment_intent: p.payment_intent, receipt_url: p.receipt_url, url: null })
      .where('id', '=', p.id),
)

/** Shortest and longest pause between two polls of one pending purchase, in milliseconds. */
const POLL_MS = { min: 2_000, max: 300_000 }

/** Returns a row if the ledger has any purchase, of any account. */
export const anyPurchase = preparedQuery((db) => db.selectFrom('purchase').select('id').limit(1))

/** Claims the pending purchases that are due for a poll, each for one process. The pause grows with the age of a purchase. */
export function* claimDue(now: number, limit: number): TransactionBody<PurchaseTable[]> {
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

/** Whether any purchase, of any account, is pending. */
export function* anyPending(): TransactionBody<boolean> {
  const rows = yield* query((db) =>
    db.selectFrom('purchase').select('id').where('status', '=', 'pending').limit(1),
  )
  return rows.length > 0
}

/** Claims purchases paid since `since` whose refunds were last checked before `before` (Unix times in milliseconds). */
export function* claimUnreconciled(
  { now, before, since }: { now: number; before: number; since: number },
  limit: number,
): TransactionBody<PurchaseTable[]> {
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
): TransactionBody<PurchaseTable[]> {
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

/** Returns the total that an account has paid, in US cents. */
export function* totalPaid(accountId: string): TransactionBody<number> {
  const [row] = yield* query((db) =>
    db
      .selectFrom('purchase')
      .select(({ fn }) => fn.sum<number | string | null>('cents').as('cents'))
      .where('account_id', '=', accountId)
      .where('completed_at', 'is not', null),
  )
  return Number(row?.cents ?? 0)
}

/** Counts what needs an operator: purchases with a problem, and events that failed more than 3 times. */
export function* countTroubles(): TransactionBody<{ aside: number; deadLetters: number }> {
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

/** Finds a purchase by its id, in any account. */
export const findPurchase = preparedQuery((db, p: { id: string }) =>
  db.selectFrom('purchase').selectAll().where('id', '=', p.id),
)

/** Marks a purchase as paid. Returns no row if that was done before. */
export const completePurchase = preparedQuery((db, p: { id: string; at: number }) =>
  db
    .updateTable('purchase')
    .set({ status: 'completed', completed_at: p.at, problem: null })
    .where('id', '=', p.id)
    .where('completed_at', 'is', null)
    .returning(['account_id', 'credits']),
)

type ClawBackUpdate = Pick<PurchaseTable, 'id' | 'version' | 'clawed_back' | 'status'> & {
  at: number
}

/** Sets the amount that is taken back from a paid purchase. Returns no row if its version has changed, or if it was never paid. */
export const compareOnce = preparedQuery((db, p: ClawBackUpdate) =>
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
