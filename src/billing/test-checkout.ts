import { crypto } from '../crypto.ts'
import { firstOrThrow, query, type Db, type TransactionBody } from '../db/db.ts'
import type { TestCheckoutTable } from '../db/schema/billing.ts'
import {
  APP,
  CURRENCY,
  noWebhook,
  type Checkout,
  type CheckoutRequest,
  type PaymentService,
  type TestCheckout,
  type TestCheckoutPage,
} from './service.ts'

export type TestCheckoutOptions = {
  db: Db
  now: () => number
  /** Returns the origin (`http://…`) at which this process serves web pages. */
  address: () => Promise<string>
}

/**
 * Creates the payment service of test mode when no Stripe key is set. Sessions are rows in the database, so
 * all processes see the same state. The page takes test money. The sessions are never `live`, so a ledger
 * in live mode never accepts one.
 */
export function createTestCheckout({ db, now, address }: TestCheckoutOptions): {
  service: PaymentService
  page: TestCheckoutPage
} {
  const service: PaymentService = {
    name: 'test',
    showsOwnPages: true,
    open: async (order) => {
      const base = await address()
      return toCheckout(await db.write(() => openSession(order, base)), now())
    },
    expire: async (id) => {
      const [row] = await db.read(() => select({ id }))
      if (row !== undefined) await db.write(() => closeSession(row.token, 'expired', now()))
    },
    find: async (id) => {
      const [row] = await db.read(() => select({ id }))
      return row === undefined ? null : toCheckout(row, now())
    },
    returned: async () => ({ refunded: 0, disputed: 0 }),
    events: async () => [],
    receive: () => Promise.reject(noWebhook()),
  }
  const page: TestCheckoutPage = {
    find: async (token) => {
      const [row] = await db.read(() => select({ token }))
      return row === undefined ? null : toTestCheckout(row, now())
    },
    close: async (token, as) => {
      const [row] = await db.write(() => closeSession(token, as, now()))
      return row === undefined ? null : toTestCheckout(row, now())
    },
  }
  return { service, page }
}

function* select(
  by: Partial<Pick<TestCheckoutTable, 'id' | 'token'>>,
): TransactionBody<TestCheckoutTable[]> {
  const [[column, value] = ['id', ''] as const] = Object.entries(by) as ['id' | 'token', string][]
  return yield* query((db) => db.selectFrom('test_checkout').selectAll().where(column, '=', value))
}

/** Opens the one session of a purchase. Its page moves to the process that opened it last. */
function* openSession(order: CheckoutRequest, base: string): TransactionBody<TestCheckoutTable> {
  const random = (bytes: number): string => crypto().randomBytes(bytes).toString('hex')
  const token = random(24)
  const [row] = yield* query((db) =>
    db
      .insertInto('test_checkout')
      .values({
        id: `cs_test_${random(16)}`,
        token,
        purchase_id: order.id,
        account_id: order.account_id,
        install: order.install,
        cents: order.cents,
        status: 'open',
        url: pageOf(base, token),
        expires_at: order.expires_at,
      })
      .onConflict((on) => on.column('purchase_id').doNothing())
      .returningAll(),
  )
  if (row !== undefined) return row
  const known = firstOrThrow(
    yield* query((db) =>
      db.selectFrom('test_checkout').selectAll().where('purchase_id', '=', order.id),
    ),
  )
  const url = pageOf(base, known.token)
  if (url !== known.url)
    yield* query((db) => db.updateTable('test_checkout').set({ url }).where('id', '=', known.id))
  return { ...known, url }
}

function* closeSession(
  token: string,
  as: 'paid' | 'expired',
  now: number,
): TransactionBody<TestCheckoutTable[]> {
  yield* query((db) =>
    db
      .updateTable('test_checkout')
      .set({ status: as })
      .where('token', '=', token)
      .where('status', '=', 'open')
      .where('expires_at', '>', now),
  )
  return yield* select({ token })
}

function pageOf(base: string, token: string): string {
  return `${base}/test-checkout/${token}`
}

/** Returns the current status. An open session past `expires_at` counts as expired even if its row still says open. */
function statusOf({ status, expires_at }: TestCheckoutTable, now: number): TestCheckout['status'] {
  return status === 'open' && expires_at <= now ? 'expired' : status
}

function toTestCheckout(row: TestCheckoutTable, now: number): TestCheckout {
  const { id, purchase_id: purchaseId, account_id: accountId, cents } = row
  return { id, purchaseId, accountId, cents, status: statusOf(row, now) }
}

function toCheckout(row: TestCheckoutTable, now: number): Checkout {
  const status = statusOf(row, now)
  const paid = status === 'paid'
  return {
    id: row.id,
    url: status === 'open' ? row.url : null,
    status: paid ? 'complete' : status,
    paymentStatus: paid ? 'paid' : 'unpaid',
    failed: false,
    live: false,
    cents: row.cents,
    currency: CURRENCY,
    paymentIntent: paid ? row.id.replace('cs_test_', 'pi_test_') : null,
    receiptUrl: null,
    accountId: row.account_id,
    metadata: { app: APP, install: row.install, purchase: row.purchase_id },
  }
}
