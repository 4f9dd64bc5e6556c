import type { TransactionBody } from '../../src/db/db.ts'
import { newId } from '../../src/ids.ts'
import { creditAccount, refundGeneration, type MoneyAct } from '../../src/operator/money.ts'

/** An act on money, for tests: only what a test is about needs to be said. */
export function actOf(at: number, act: Partial<MoneyAct> & { by?: string } = {}): MoneyAct {
  return {
    author: { id: newId('aud', at), by: act.by ?? 'ada', at },
    entryId: newId('txn_topup', at),
    reason: 'a reason',
    requestKey: null,
    ...act,
  }
}

/** Gives credits or takes them. Returns false for a replay. */
export function* credit(
  { accountId, amount, key = null }: { accountId: string; amount: number; key?: string | null },
  at: number,
): TransactionBody<boolean> {
  const act = actOf(at, { requestKey: key })
  return !(yield* creditAccount({ accountId, amount }, act)).replayed
}

/** Gives a charge back. Returns false if that was done before. */
export function* refundOf(
  { accountId, id }: { accountId?: string; id: string },
  at: number,
  act: MoneyAct = actOf(at, { entryId: newId('txn_refund', at) }),
): TransactionBody<boolean> {
  const done = yield* refundGeneration({ generationId: id, accountId }, act)
  return done !== null && !done.replayed
}
