import type { TransactionBody } from '../../db/db.ts'
import { listAlerts } from '../../alerts/outbox.ts'
import { listApprovals, type ShownApproval } from '../../approvals/list.ts'
import type { AlertTable } from '../../db/schema/alerts.ts'
import type { AuditTable } from '../../db/schema/operator.ts'
import { listActs, reasonsOf } from '../../operator/audit.ts'
import { accountUse, type AccountUse } from '../accounts.ts'
import { lastDays } from '../days.ts'
import { listFailures, type FailedCall } from '../failures.ts'
import { groupsWithUse, keysWithUse, type GroupUse, type KeyUse } from '../keys.ts'
import { runningWork, type RunningWork } from '../latest.ts'
import { marginReport, type MarginSum } from '../margin.ts'
import { dailyUsage, type DailySum } from '../report.ts'
import { listTransactions, type Transaction } from '../transactions.ts'
import { MARGIN_DAYS } from './margin.ts'

/** Rows of each list on the page of an account. */
const ROWS = 10
const KEYS_SHOWN = 50

/** One account, as the operator's page shows it. Amounts are micro-dollars. No prompt is among it. */
export type DeskAccount = {
  account: AccountUse
  days: readonly DailySum[]
  margin: MarginSum
  /** Newest first. */
  keys: KeyUse[]
  hasMoreKeys: boolean
  groups: GroupUse[]
  activity: (Transaction & { reason: string | null })[]
  running: RunningWork[]
  failures: FailedCall[]
  acts: AuditTable[]
  alerts: AlertTable[]
  approvals: ShownApproval[]
}

/** Reads one account. Throws `not_found`. */
export function* deskAccount(id: string, nowMs: number): TransactionBody<DeskAccount> {
  const account = yield* accountUse(id, nowMs)
  const range = lastDays(MARGIN_DAYS, nowMs)
  const keys = yield* keysWithUse({ accountId: id, limit: KEYS_SHOWN + 1, isNewestFirst: true })
  const { transactions } = yield* listTransactions(id, { limit: ROWS })
  const reasons = yield* reasonsOf(
    id,
    transactions.map((row) => row.id),
  )
  return {
    account,
    days: yield* dailyUsage(id, range),
    margin: (yield* marginReport({ ...range, by: 'model', accountId: id })).total,
    keys: keys.slice(0, KEYS_SHOWN),
    hasMoreKeys: keys.length > KEYS_SHOWN,
    groups: yield* groupsWithUse({ accountId: id, limit: KEYS_SHOWN }),
    activity: transactions.map((row) => ({ ...row, reason: reasons.get(row.id) ?? null })),
    running: yield* runningWork(id, {}),
    failures: (yield* listFailures(id, { limit: ROWS })).rows,
    acts: (yield* listActs({ accountId: id, limit: ROWS })).acts,
    approvals: yield* listApprovals({ accountId: id, at: nowMs }),
    alerts: (yield* listAlerts({ accountId: id, limit: ROWS })).alerts,
  }
}
