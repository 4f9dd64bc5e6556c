import { query, type Db, type TransactionBody } from '../db/db.ts'
import type { ApprovalTable } from '../db/schema/approvals.ts'
import { extendHold } from '../ledger/queries/hold.ts'
import { release } from '../ledger/ledger.ts'
import { APPROVAL_MS, expire } from './ask.ts'
import * as queries from './queries.ts'
import { nothingToDecide } from './refusals.ts'

/** What a person says: `by` names them, `at` is in milliseconds since 1970. */
export type Decision = { says: 'approve' | 'refuse'; by: string; at: number }

/** Which approval, and whose: one of another account or key is not found. */
export type Named = { id: string; accountId?: string | undefined; keyId?: string | undefined }

/**
 * Decides on a call, once. Approved, its hold stands another 15 minutes for the same call to go on; refused, the hold is
 * given back. The same decision again changes nothing. Returns the approval. Throws `not_found` if there is none, or if
 * it has ended in another way.
 */
export function* decide(named: Named, decision: Decision): TransactionBody<ApprovalTable> {
  const found = yield* find(named)
  const { says, by, at } = decision
  const write = says === 'approve' ? queries.approvePending : queries.refuseOpen
  const expires_at = at + APPROVAL_MS
  const { id, account_id } = found
  const [decided] = yield* write({ id, account_id, decided_by: by, decided_at: at, expires_at })
  if (decided === undefined) return yield* decidedBefore(named, decision)
  if (says === 'approve') yield* extendHold({ id: decided.generation_id, expires_at })
  else yield* release(decided.generation_id, at)
  return yield* find(named)
}

/** Ends every approval whose time is over, each in a transaction of its own. `now` returns milliseconds since 1970. */
export async function expireAll({ db, now }: { db: Db; now: () => number }): Promise<void> {
  for (;;) {
    const at = now()
    const due = await db.read(() => queries.findDue({ at, limit: PAGE }))
    for (const approval of due) await db.write(() => expire({ ...approval, upTo: at }, at))
    if (due.length < PAGE) return
  }
}

/** Rows read at a time. */
const PAGE = 100

function* decidedBefore(named: Named, { says, at }: Decision): TransactionBody<ApprovalTable> {
  const now = yield* find(named)
  const { status } = now
  const isOver = (status === 'pending' || status === 'approved') && now.expires_at <= at
  const isSame = says === 'approve' ? ['approved', 'used'] : ['refused']
  if (!isOver && isSame.includes(status)) return now
  throw nothingToDecide(isOver ? 'expired' : status)
}

function* find({ id, accountId, keyId }: Named): TransactionBody<ApprovalTable> {
  const [found] = yield* query((db) => db.selectFrom('approval').selectAll().where('id', '=', id))
  const isTheirs =
    found !== undefined &&
    (accountId === undefined || found.account_id === accountId) &&
    (keyId === undefined || found.key_id === keyId)
  if (!isTheirs) throw nothingToDecide(null)
  return found
}
