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
import { accountStates, type State } from './states.ts'

/** Days in the chart, and default range of the activity in days. */
export const CHART_DAYS = 30
export const ACTIVITY_DAYS = 7

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
  return {
    mode,
    account,
    balance: now.balance,
    lowBalance: now.lowBalance,
    states: yield* accountStates(caller, now, nowMs),
    used: yield* creditsUsed(account.id, thisMonth(nowMs)),
    budgets: yield* budgetLines(caller, now, sessions, nowMs),
    days: yield* dailySums(account.id, lastDays(CHART_DAYS, nowMs)),
    range,
    filter,
    activity: yield* activity(account.id, range, { ...filter, ...place }),
    running: yield* runningWork(account.id),
    outputs: caller.scopes.includes('assets:read') ? yield* latestOutputs(account.id) : [],
    keys: keys.map(({ id, name, prefix }) => ({ id, label: name ?? `${prefix}…` })),
    sessions,
  }
}
