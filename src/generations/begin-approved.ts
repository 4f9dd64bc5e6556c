import { sessionScope } from '../accounts/caller.ts'
import { openSession } from '../accounts/sessions.ts'
import { askOrUse, usedBy, type OpenApproval } from '../approvals/ask.ts'
import { approvalRequired } from '../approvals/refusals.ts'
import type { Db, TransactionBody } from '../db/db.ts'
import { newId } from '../ids.ts'
import { openAccount } from '../ledger/ledger.ts'
import { lower } from '../ledger/rules.ts'
import {
  admissionOf,
  beginHeld,
  findReplay,
  holdArgsOf,
  type Beginning,
  type Begun,
} from './begin.ts'
import type { Order } from './begin.ts'
import { promptOf } from './request.ts'

/** Returns the price above which a person has to approve an order, if its price is above it; else null. Micro-dollars. */
export function approvalLimit(
  { quote, caller }: Order,
  approveAbove: number | null,
): number | null {
  const limit = lower(approveAbove, caller.approveAbove)
  return limit !== null && quote.price > limit ? limit : null
}

/**
 * Begins an order that a person has approved, under the id and the hold that were there since it was asked for. Throws
 * `approval_required`, with the price held, until a person has approved it, and the refusals of `begin`.
 */
export async function beginApproved(
  db: Db,
  beginning: Beginning,
  limit: number,
): Promise<Begun & { order: Order }> {
  const approvalId = newId('apr', beginning.at)
  const found = await db
    .write(() => askOrBegin(beginning, approvalId))
    .catch((error: unknown) => {
      if (error instanceof Replayed) return error.begun
      throw error
    })
  if ('pending' in found) throw approvalRequired(found.pending, limit)
  return found
}

/** Begins an approved order, or asks for its approval. Throws `Replayed`, and changes nothing, if its key is taken. */
export function* askOrBegin(
  beginning: Beginning,
  approvalId: string,
): TransactionBody<(Begun & { order: Order }) | { pending: OpenApproval }> {
  const { order, at } = beginning
  const { account } = order.caller
  yield* openAccount(account.id, account.name, at)
  const session = yield* openSession(sessionScope(order.caller), at)
  const before = yield* usedBy(order.id, account.id)
  // The reply to its commit was lost: `admitLater` decides again.
  if (before !== null)
    return {
      known: null,
      admitted: admissionOf(beginning) === null,
      order: { ...order, id: before },
    }
  const { prompt, count } = { prompt: promptOf(order.request), count: order.quote.count }
  const wish = { ...holdArgsOf(order, session, at), approvalId, prompt, count }
  const outcome = yield* askOrUse(wish, at)
  if ('pending' in outcome) return outcome
  const approved = { ...order, id: outcome.approved }
  const begun = yield* beginHeld({ ...beginning, order: approved })
  if (begun === null) {
    const known = yield* findReplay(order)
    if (known === null) throw new Error(`${approved.id} has begun without its approval`)
    throw new Replayed({ known, admitted: false, order })
  }
  return { known: null, ...begun, order: approved }
}

/** Rolls an approval back that is not used, because the idempotency key of the call has its generation. */
class Replayed extends Error {
  readonly begun: Begun & { order: Order }

  constructor(begun: Begun & { order: Order }) {
    super('the idempotency key has its generation')
    this.begun = begun
  }
}
