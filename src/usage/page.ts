import type { Caller } from '../accounts/caller.ts'
import { listKeys } from '../accounts/keys.ts'
import type { Mode } from '../mode.ts'
import type { TransactionBody } from '../db/db.ts'
import { activity, type Activity, type ActivityFilter, type ActivityPlace } from './activity.ts'
import { budgetLines, latestSessions, type BudgetLine, type LatestSession } from './budgets.ts'
import { lastDays, thisMonth, type DayRange } from './days.ts'
import { latestOutputs, runningWork, type LatestOutput, type RunningWork } from './latest.ts'
import { creditsUsed, dailySums, type DailySum } from './report.ts'
import { accountStatus } from './account-status.ts'
import { DAY_MS } from '../ledger/rules.ts'
import { failuresByDay, listFailures, type FailedCall, type FailurePlace } from './failures.ts'
import { accountStates, type State } from './states.ts'

/** Days in the chart, and default range of the activity in days. */
export const CHART_DAYS = 30
export const ACTIVITY_DAYS = 7
/** Refused and failed calls on the page. */
const FAILURES_MAX = 10

export type PageQuery = { range: DayRange; filter: ActivityFilter; place: ActivityPlace }

/** The content of the usage page, read from one state. Amounts are micro-dollars. */
export type UsagePage = {
  mode: Mode
  account: { id: string; name: string }
  balance: { available: number; held: number }
  lowBalance: boolean
  states: State[]
  /** Spent in credits in this UTC month. */
  used: number
  budgets: BudgetLine[]
  /** The last 30 days, oldest first. */
  days: DailySum[]
  range: DayRange
  filter: ActivityFilter
  activity: Activity
  /** The newest refused and failed calls of the range, and their number by day in the chart. */
  failures: { rows: FailedCall[]; next: FailurePlace | null }
  failureDays: Map<string, number>
  running: RunningWork[]
  outputs: LatestOutput[]
  keys: { id: string; label: string }[]
  sessions: LatestSession[]
}

/** Reads the page. The time grows with days, keys and models, not with generations. */
export function* usagePage(
  caller: Caller,
  mode: Mode,
  { range, filter, place }: PageQuery,
  nowMs: number,
): TransactionBody<UsagePage> {
  const { account } = caller
  const now = yield* accountStatus(caller, nowMs)
  const sessions = yield* latestSessions(account.id)
  const keys = yield* listKeys(account.id)
  const chartDays = lastDays(CHART_DAYS, nowMs)
  const shown = yield* activity(account.id, range, { ...filter, ...place })
  const maySee = caller.scopes.includes('assets:read')
  return {
    mode,
    account,
    balance: now.balance,
    lowBalance: now.lowBalance,
    states: yield* accountStates(caller, now, nowMs),
    used: yield* creditsUsed(account.id, thisMonth(nowMs)),
    budgets: yield* budgetLines(caller, now, sessions, nowMs),
    days: yield* dailySums(account.id, chartDays),
    range,
    filter,
    activity: maySee ? shown : withoutPictures(shown),
    failures: yield* failuresIn(account.id, range, filter),
    failureDays: yield* failuresByDay(account.id, chartDays),
    running: yield* runningWork(account.id),
    outputs: maySee ? yield* latestOutputs(account.id) : [],
    keys: keys.map(({ id, name, prefix }) => ({ id, label: name ?? `${prefix}…` })),
    sessions,
  }
}

/** Returns the newest refused and failed calls of a range of days. They have no modality. */
function* failuresIn(
  accountId: string,
  { from, to }: DayRange,
  { operation, keyId, sessionId }: ActivityFilter,
): TransactionBody<UsagePage['failures']> {
  const days = { since: Date.parse(from), until: Date.parse(to) + DAY_MS }
  return yield* listFailures(accountId, {
    ...days,
    operation,
    keyId,
    sessionId,
    limit: FAILURES_MAX,
  })
}

function withoutPictures({ rows, ...rest }: Activity): Activity {
  return { ...rest, rows: rows.map((row) => ({ ...row, thumbnail: null })) }
}
