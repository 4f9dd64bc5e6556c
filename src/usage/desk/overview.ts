import type { Db } from '../../db/db.ts'
import type { Reports } from '../../db/replica.ts'
import { listAlerts } from '../../alerts/outbox.ts'
import { listApprovals, type ShownApproval } from '../../approvals/list.ts'
import type { AlertTable } from '../../db/schema/alerts.ts'
import type { AuditTable } from '../../db/schema/operator.ts'
import { sumOpenHolds } from '../../ledger/queries/hold.ts'
import { DAY_MS } from '../../ledger/rules.ts'
import { listActs } from '../../operator/audit.ts'
import { listedAccounts, type AccountsAsked, type ListedAccounts } from './accounts.ts'
import { failuresByCode, type FailureSums } from './failures.ts'
import { OF_TODAY, type Keep } from './keep.ts'
import { houseMargin, type HouseMargin } from './margin.ts'
import { accountTotals, lowestBalance, mostSpent, type AccountTotals } from './ranks.ts'

/** Days of the failures, today included, and acts of the audit log and alerts on the page. */
export const FAILURE_DAYS = 7
const ACTS_SHOWN = 10
const ALERTS_SHOWN = 10

/** What the page reads from: the ledger, and for reports a replica. */
export type DeskSources = { db: Pick<Db, 'read'>; reports: Pick<Reports, 'read'>; keep: Keep }

/** All accounts, as the operator's page shows them. Amounts are micro-dollars, times are milliseconds since 1970. */
export type DeskOverview = {
  asked: AccountsAsked
  list: ListedAccounts
  totals: AccountTotals
  /** Reserved for work in hand, and since when the oldest of it; null if there is none. */
  held: { amount: number; oldest: number | null }
  margin: HouseMargin
  failures: FailureSums
  acts: AuditTable[]
  alerts: AlertTable[]
  /** Calls that wait for a person, or for the call itself. */
  approvals: ShownApproval[]
}

/**
 * Reads the overview. What is read of every account is kept for a moment, so that the time of a page does not grow with
 * the accounts. Throws `invalid_input` for a place that no page ended at.
 */
export async function deskOverview(
  sources: DeskSources,
  asked: AccountsAsked,
  nowMs: number,
): Promise<DeskOverview> {
  const { db, reports, keep } = sources
  const list = await deskAccounts(sources, asked, nowMs)
  const since = nowMs - FAILURE_DAYS * DAY_MS
  return {
    asked,
    list,
    totals: await keep('totals', OF_TODAY, () => reports.read(accountTotals)),
    held: await db.read(sumOpenHolds),
    margin: await houseMargin(sources, nowMs),
    failures: await deskFailures(sources, since),
    acts: (await db.read(() => listActs({ limit: ACTS_SHOWN }))).acts,
    alerts: (await db.read(() => listAlerts({ limit: ALERTS_SHOWN }))).alerts,
    approvals: await db.read(() => listApprovals({ at: nowMs })),
  }
}

/** Reads a page of the accounts. Throws `invalid_input` for a place that no page ended at. */
export async function deskAccounts(
  { reports, keep }: DeskSources,
  asked: AccountsAsked,
  nowMs: number,
): Promise<ListedAccounts> {
  const ranking = { spent: () => mostSpent(nowMs), balance: lowestBalance }
  const { order } = asked
  const ranked =
    order === 'spent' || order === 'balance'
      ? await keep(`rank ${order}`, OF_TODAY, () => reports.read(ranking[order]))
      : []
  return await reports.read(() => listedAccounts(asked, ranked, nowMs))
}

/** Reads the failures of all accounts by code since a time, in milliseconds since 1970. */
export async function deskFailures(
  { reports, keep }: DeskSources,
  since: number,
): Promise<FailureSums> {
  return await keep('failures', OF_TODAY, () => reports.read(() => failuresByCode(since)))
}
