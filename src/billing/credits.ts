import type { PurchaseStatus } from '../db/schema/billing.ts'
import type { TransactionBody } from '../db/db.ts'
import { newId } from '../ids.ts'
import { micro } from '../money.ts'
import { NO_WORK, postEntry } from '../ledger/post.ts'
import { NO_CHANGE } from '../ledger/queries/account.ts'
import { compareOnce, completePurchase, findPurchase } from './queries.ts'

/**
 * Completes a paid purchase and adds its credits, bonus included. Returns false if that was done
 * before. The unique entry per purchase is a second guard.
 */
export function* topUp(purchaseId: string, at: number): TransactionBody<boolean> {
  const [paid] = yield* completePurchase({ id: purchaseId, at })
  if (paid === undefined) return false
  const { account_id, credits } = paid
  yield* postEntry(
    { ...NO_CHANGE, account_id, purchased: credits, credited: credits, at },
    {
      ...NO_WORK,
      id: newId('txn_topup', at),
      kind: 'top_up',
      ref: purchaseId,
      debit: 'purchases',
      credit: 'customer',
      amount: credits,
    },
  )
  return true
}

/** `target` is the total to take back from a purchase, in micro-USD. It was computed at this version of the row. */
export type ClawBackTarget = {
  id: string
  version: number
  target: number
  status: PurchaseStatus
}

/**
 * Takes back or restores credits of a purchase, so that `target` micro-USD in total are taken back. Credits
 * that are already spent become a debt. Returns false if the purchase has changed since that version: the
 * caller must read it again. Throws if the target is below 0 or above the credits of the purchase.
 */
export function* clawBack(
  { id, version, target, status }: ClawBackTarget,
  at: number,
): TransactionBody<boolean> {
  const [before] = yield* findPurchase({ id })
  const [changed] = yield* compareOnce({ id, version, clawed_back: micro(target), status, at })
  if (before === undefined || changed === undefined) return false // versions only grow, so a match means no change
  const difference = target - before.clawed_back
  if (difference === 0) return true
  const takes = difference > 0
  yield* postEntry(
    {
      ...NO_CHANGE,
      account_id: before.account_id,
      clawed_back: difference,
      credited: -difference,
      at,
    },
    {
      ...NO_WORK,
      id: newId('txn_topup', at),
      kind: takes ? 'claw_back' : 'restore',
      ref: `${id}:${version}`,
      debit: takes ? 'customer' : 'purchases',
      credit: takes ? 'purchases' : 'customer',
      amount: Math.abs(difference),
    },
  )
  return true
}
