import type { Caller } from '../accounts/caller.ts'
import { listKeys } from '../accounts/keys.ts'
import type { Mode } from '../mode.ts'
import type { TransactionBody } from '../db/db.ts'
import { dayOf, monthOf } from '../ledger/rules.ts'
import { activity, type Activity } from './activity.ts'
import { accountStatus } from './account-status.ts'
import {
  budgetLines,
  latestSessions,
  sessionsById,
  type BudgetLine,
  type LatestSession,
} from './budgets.ts'
import { lastDays, type DayRange } from './days.ts'
import { latestOutputs, runningWork, type LatestOutput, type RunningWork } from './latest.ts'
import { failuresOf, type Failures } from './failures-page.ts'
import { daysBeforeRange } from './periods.ts'
import type { Question } from './question.ts'
import { creditsUsed, dailyUsage, sum, type Sum } from './report.ts'
import { chargesIn, modelsIn, spending, type Spending } from './spending.ts'
import { accountStates, type State } from './states.ts'

/** The pace is the mean of this many days, today included. */
const PACE_DAYS = 7

/** A choice of a filter: an id and its name for a person. */
export type Choice = { id: string; label: string }

/** The content of the usage page, read from one state. Amounts are micro-dollars. */
export type UsagePage = {
  mode: Mode
  account: { id: string; name: string }
  question: Question
  balance: { available: number; held: number }
  lowBalance: boolean
  states: State[]
  /** Spent in credits in this UTC month. */
  used: number
  /** Spent in the last 7 days, divided by 7. */
  dailyPace: number
  budgets: BudgetLine[]
  spending: Spending
  /** The same filter in the days to compare with; null for what is not spent. */
  before: (DayRange & Sum) | null
  /** All that was spent in the days of the question, without the rest of its filter. */
  inAll: Sum
  activity: Activity
  /** Null on a page of another kind of rows. */
  failures: Failures | null
  running: RunningWork[]
  /** Null if the caller may not see files. */
  outputs: LatestOutput[] | null
  models: Choice[]
  keys: Choice[]
  sessions: LatestSession[]
  /** Names of the sessions that the chart shows. */
  sessionNames: Map<string, string>
}

/** Reads the page. The time grows with days, keys, models and sessions, not with generations. */
export function* usagePage(
  caller: Caller,
  mode: Mode,
  question: Question,
  nowMs: number,
): TransactionBody<UsagePage> {
  const { account } = caller
  const { range, filter, by } = question
  const now = yield* accountStatus(caller, nowMs)
  const sessions = yield* latestSessions(account.id)
  const keys = yield* listKeys(account.id)
  const spent = yield* spending(account.id, question)
  const parts = by === 'session' ? spent.parts.flatMap(({ id }) => id ?? []) : []
  const models = yield* modelsIn(account.id, range)
  const shown = yield* activity(account.id, question)
  const maySee = caller.scopes.includes('assets:read')
  return {
    mode,
    account,
    question,
    balance: now.balance,
    lowBalance: now.lowBalance,
    states: yield* accountStates(caller, now, nowMs),
    used: yield* creditsUsed(account.id, monthOf(dayOf(nowMs))),
    dailyPace: sum(yield* dailyUsage(account.id, lastDays(PACE_DAYS, nowMs))).cost / PACE_DAYS,
    budgets: yield* budgetLines(caller, now, sessions, nowMs),
    spending: spent,
    before: yield* comparison(account.id, question),
    inAll: sum(models),
    activity: maySee ? shown : withoutPictures(shown),
    failures: yield* failuresOf(account.id, question),
    running: showsRunning(question, nowMs) ? yield* runningWork(account.id, filter) : [],
    outputs: maySee ? yield* latestOutputs(account.id) : null,
    models: models.map(({ id }) => ({ id, label: id })),
    keys: keys.map(({ id, name, prefix }) => ({ id, label: name ?? `${prefix}…` })),
    sessions,
    sessionNames: yield* sessionsById(account.id, parts),
  }
}

function withoutPictures({ rows, ...rest }: Activity): Activity {
  return { ...rest, rows: rows.map((row) => ({ ...row, thumbnail: null })) }
}

function* comparison(
  accountId: string,
  { range, filter }: Question,
): TransactionBody<UsagePage['before']> {
  if (filter.kind !== undefined && filter.kind !== 'charges') return null
  const days = daysBeforeRange(range)
  return { ...days, ...(yield* chargesIn(accountId, days, filter)) }
}

/** Running work is shown above the newest charges, if it could be one of them. */
function showsRunning({ range, filter, place }: Question, nowMs: number): boolean {
  const isFirst = Object.values(place).every((value) => value === undefined)
  const isToday = range.to >= lastDays(1, nowMs).to
  return isFirst && isToday && (filter.kind === undefined || filter.kind === 'charges')
}
