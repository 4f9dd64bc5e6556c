import { query, type TransactionBody } from '../db/db.ts'
import type { ApprovalTable } from '../db/schema/approvals.ts'
import type { HoldTable } from '../db/schema/ledger.ts'
import { isOpen } from './queries.ts'

/** An approval with its call, as a person sees it. `amount` in micro-dollars. */
export type ShownApproval = Omit<ApprovalTable, 'fingerprint' | 'used_by'> &
  Pick<HoldTable, 'amount' | 'operation' | 'model'> & { key_name: string | null }

/** Which approvals: of one account, by id, or with those that have ended. `at` is in milliseconds since 1970. */
export type Wanted = { accountId?: string | undefined; id?: string; all?: boolean; at: number }

/** Most approvals of a list. */
export const APPROVALS_MAX = 200

/** Returns the approvals that wait for a person or for their call, newest first. One whose time is over is `expired`. */
export function* listApprovals({
  accountId,
  id,
  all,
  at,
}: Wanted): TransactionBody<ShownApproval[]> {
  const rows = yield* query((db, sql) => {
    let select = db
      .selectFrom('approval')
      .innerJoin('hold', 'hold.id', 'approval.generation_id')
      .leftJoin('api_key', 'api_key.id', 'approval.key_id')
      .selectAll('approval')
      .select(['hold.amount', 'hold.operation', 'hold.model', 'api_key.name as key_name'])
      .limit(APPROVALS_MAX)
    if (accountId !== undefined) select = select.where('approval.account_id', '=', accountId)
    if (id !== undefined) select = select.where('approval.id', '=', id)
    // Of all accounts, in the order of the index of open ones.
    select =
      accountId === undefined && all !== true
        ? select.orderBy('approval.expires_at', 'desc')
        : select.orderBy('approval.created_at', 'desc').orderBy('approval.id', 'desc')
    if (all !== true) select = select.where(isOpen(sql)).where('approval.expires_at', '>', at)
    return select
  })
  return rows.map((row) => ({ ...row, status: statusOf(row, at) }))
}

function statusOf(
  { status, expires_at }: Pick<ApprovalTable, 'status' | 'expires_at'>,
  at: number,
): ApprovalTable['status'] {
  const hasNotEnded = status === 'pending' || status === 'approved'
  return hasNotEnded && expires_at <= at ? 'expired' : status
}
