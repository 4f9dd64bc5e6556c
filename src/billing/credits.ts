import type { PurchaseStatus } from '../db/schema/billing.ts'
import type { Unit } from '../db/db.ts'
import { newId } from '../ids.ts'
import { micro } from '../money.ts'
import { NO_WORK, postEntry } from '../ledger/post.ts'
import { NO_CHANGE } from '../ledger/queries/account.ts'
import { compareOnce, completePurchase, findPurchase } from './queries.ts'

/**
 * Completes a purchase that was paid and adds its credits, bonus included. False where that was done
 * before; that its entry is unique backs it.
 */
export function* topUp(purchaseId: string, at: number): Unit<boolean> {
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

/** What is to be taken back of a purchase in all, in micro-dollars, as read at a version of its row. */
export type ClawBackTarget = {
  id: string
  version: number
  target: number
  status: PurchaseStatus
}

/**
 * Takes credits of a purchase back, or gives them back again, until `target` of them are taken: what is
 * spent already becomes a debt. False where the purchase has changed since that version: read again.
 * Throws where the target is not between nothing and all of its credits.
 */
export function* clawBack(
  { id, version, target, status }: ClawBackTarget,
  at: number,
): Unit<boolean> {
  const [before] = yield* findPurchase({ id })
  const [changed] = yield* compareOnce({ id, version, clawed_back: micro(target), status, at })
  if (before === undefined || changed === undefined) return false // versions only grow: it is the one that was read
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
