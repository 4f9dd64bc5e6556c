import type { ShownApproval } from '../../../approvals/list.ts'
import { stateOf } from '../../../alerts/delivery.ts'
import { textOf } from '../../../alerts/words.ts'
import type { AlertTable } from '../../../db/schema/alerts.ts'
import type { AuditTable } from '../../../db/schema/operator.ts'
import type { ListedAccount } from '../../../usage/desk/accounts.ts'
import type { KeyUse } from '../../../usage/keys.ts'
import type { MarginSum } from '../../../usage/margin.ts'
import { iso, isoOrNull } from '../../../text.ts'

type Row = readonly (string | number | null)[]

/** The columns of accounts in a file. Amounts are micro-dollars. */
export const accountCells = {
  header:
    'id,name,state,available_micro,held_micro,debt_micro,today_micro,month_micro,suspended_for,created_at'.split(
      ',',
    ),
  of: (account: ListedAccount): Row => [
    account.id,
    account.name,
    account.state,
    account.available,
    account.held,
    account.debt,
    account.spentToday,
    account.spentThisMonth,
    account.suspension?.reason ?? null,
    iso(account.createdAt),
  ],
}

/** The columns of acts of operators. */
export const actCells = {
  header: 'id,at,by,action,account_id,subject,amount_micro,reason,details,entry_id'.split(','),
  of: (act: AuditTable): Row => [
    act.id,
    iso(act.at),
    act.author,
    act.action,
    act.account_id,
    act.subject,
    act.amount,
    act.reason,
    act.details,
    act.entry_id,
  ],
}

/** The columns of alerts. */
export const alertCells = {
  header: 'id,at,kind,account_id,text,state,tries,delivered_at,answer'.split(','),
  of: (alert: AlertTable): Row => [
    alert.id,
    iso(alert.at),
    alert.kind,
    alert.account_id,
    textOf(alert),
    stateOf(alert),
    alert.tries,
    isoOrNull(alert.delivered_at),
    alert.answer,
  ],
}

/** The columns of calls that wait for an approval. */
export const approvalCells = {
  header:
    'id,status,created_at,expires_at,account_id,key_id,operation,model,outputs,price_micro'.split(
      ',',
    ),
  of: (approval: ShownApproval): Row => [
    approval.id,
    approval.status,
    ...[approval.created_at, approval.expires_at].map(isoOrNull),
    approval.account_id,
    approval.key_id,
    approval.operation,
    approval.model,
    approval.count,
    approval.amount,
  ],
}

/** The columns of the keys of an account. */
export const keyCells = {
  header:
    'id,name,kind,group_id,spent_micro,scopes,last_used_at,expires_at,revoked_at,created_at'.split(
      ',',
    ),
  of: (key: KeyUse): Row => [
    key.id,
    key.name,
    key.kind,
    key.groupId,
    key.spent,
    key.scopes.join(' '),
    ...[key.lastUsedAt, key.expiresAt, key.revokedAt, key.createdAt].map(isoOrNull),
  ],
}

/** The columns of sales and costs. */
export const marginCells = {
  header: (by: 'model' | 'day'): Row =>
    `${by},sold_micro,cost_micro,unknown,unpaid_jobs,unpaid_micro,margin_micro`.split(','),
  of: (sum: MarginSum & { name: string }): Row => [
    sum.name,
    sum.sold,
    sum.upstreamCost,
    sum.unknownCount,
    sum.unpaid.jobs,
    sum.unpaid.cost,
    sum.margin,
  ],
}

/** The columns of failures by code. */
export const FAILURE_HEADER: Row = ['code', 'refused', 'failed', 'accounts', 'last_at']
