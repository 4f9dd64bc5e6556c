import type { PurchaseTable } from '../../src/db/schema/billing.ts'
import { query, type TransactionBody } from '../../src/db/db.ts'
import { capture, hold } from '../../src/ledger/ledger.ts'
import { clawBack, topUp } from '../../src/billing/credits.ts'
import { findPurchase } from '../../src/billing/queries.ts'
import { holdOf, NO_CAPS } from './holds.ts'

/** A purchase that waits for its payment, for tests: only what a test is about needs to be said. */
export function purchaseOf(
  purchase: Pick<PurchaseTable, 'id' | 'account_id' | 'cents'> & Partial<PurchaseTable>,
): PurchaseTable {
  const { bonus = 0, cents, created_at = 0 } = purchase
  return {
    request_key: null,
    status: 'pending',
    credits: cents * 10_000 + bonus,
    bonus,
    clawed_back: 0,
    version: 0,
    problem: null,
    return_url: '',
    checkout_id: null,
    url: null,
    payment_intent: null,
    receipt_url: null,
    created_at,
    expires_at: created_at + 3_600_000,
    completed_at: null,
    poll_at: created_at,
    synced_at: 0,
    ...purchase,
  }
}

/** The id of the purchase with this number: as long as a real one. */
export function purchaseId(number: number): string {
  return `pur_${String(number).padStart(32, '0')}`
}

/** Buys credits, once for each id. */
export function* buy(
  id: string,
  accountId: string,
  cents: number,
  at: number,
): TransactionBody<boolean> {
  const [known] = yield* query((db) => db.selectFrom('purchase').select('id').where('id', '=', id))
  if (known === undefined)
    yield* query((db) =>
      db
        .insertInto('purchase')
        .values(purchaseOf({ id, account_id: accountId, cents, created_at: at })),
    )
  return yield* topUp(id, at)
}

/**
 * Takes back of a purchase until `target` micro-dollars of it are taken. False where nothing was bought, and
 * where the reading behind it is `stale`.
 */
export function* takeBack(
  id: string,
  target: number,
  at: number,
  stale = false,
): TransactionBody<boolean> {
  const [bought] = yield* findPurchase({ id })
  if (bought === undefined) return false
  const status = target === 0 ? 'completed' : 'partially_refunded'
  const version = bought.version - (stale ? 1 : 0)
  return yield* clawBack({ id, version, target, status }, at)
}

/** Takes credits of an account as a lost payment does: they were bought, spent, and are then gone. Whole cents only. */
export function* loseCredits(accountId: string, amount: number, at: number): TransactionBody<void> {
  const id = purchaseId(Number(accountId.replace(/\D/g, '')))
  const work = holdOf({ id: `gen_${id}`, amount, account_id: accountId, created_at: at })
  yield* buy(id, accountId, amount / 10_000, at)
  yield* hold(work, NO_CAPS)
  yield* capture(work.id, amount, at)
  yield* takeBack(id, amount, at)
}
