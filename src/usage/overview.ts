import * as z from 'zod'
import type { Caller } from '../accounts/caller.ts'
import type { Mode } from '../mode.ts'
import type { TransactionBody } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { dayOf, monthOf } from '../ledger/rules.ts'
import { money, usdNumber, type Money } from '../money.ts'
import { memoizeFor } from '../once.ts'
import { MODALITIES, OPERATIONS } from '../pricing/catalog.ts'
import { dayRange, LAST_DAYS_DEFAULT, lastDays, nextDay, nextMonth, type DayRange } from './days.ts'
import { creditsUsed, dailyUsage, usageReport, type Sum, type UsageReport } from './report.ts'
import { MoneyShape, PeriodShape, SessionShape, showBudget, showPeriod } from './shapes.ts'
import { accountStatus } from './account-status.ts'
import { stateLine } from './state-words.ts'
import { accountStates, type State } from './states.ts'
import { latestTransactions, TRANSACTION_TYPES, type Transaction } from './transactions.ts'

export const RECENT_DEFAULT = 5
/** The key in `_meta` of the `ViewMeta` for the view. */
export const VIEW_META = 'inkwell/view'

const SumShape = z.object({ count: z.number(), cost: MoneyShape })

/** The result of checkUsage and inkwell://usage. The last three fields are plain US dollars, with VideoDB's names. */
export const UsageOverviewShape = z.object({
  mode: z.enum(['test', 'live']),
  account: z.string(),
  balance: z.object({ available: MoneyShape, held: MoneyShape, total: MoneyShape }),
  lowBalance: z.boolean(),
  session: SessionShape,
  day: PeriodShape,
  month: PeriodShape,
  usage: z.object({
    from: z.string(),
    to: z.string(),
    totalCost: MoneyShape,
    generationCount: z.number(),
    byModality: z.array(SumShape.extend({ modality: z.enum(MODALITIES) })),
    byModel: z.array(SumShape.extend({ model: z.string() })),
    byOperation: z.array(SumShape.extend({ operation: z.enum(OPERATIONS) })),
    daily: z.array(SumShape.extend({ date: z.string() })).optional(),
  }),
  recent: z.array(
    z.object({
      id: z.string(),
      type: z.enum(TRANSACTION_TYPES),
      operation: z.string().nullable(),
      model: z.string().nullable(),
      cost: MoneyShape,
      billing: z.enum(['credits', 'own_key']),
      status: z.string(),
      createdAt: z.string(),
    }),
  ),
  /** What its people and agents must know, in words for an agent. The most urgent first. */
  states: z.array(z.object({ kind: z.string(), text: z.string() })),
  totalCreditsUsed: z.number(),
  monthlyLimit: z.number().nullable(),
  creditsRemaining: z.number(),
})

export type UsageOverview = z.infer<typeof UsageOverviewShape>

/** Data that the view shows and the overview does not contain. */
export type ViewMeta = {
  /** Spent in credits in this UTC month, in micro-dollars. */
  used: number
  daily?: UsageOverview['usage']['daily']
  states?: readonly State[]
  /** What the recent work was about, by its id: the prompt or the name of the input. Untrusted text. */
  about?: Record<string, string>
  /** The address of the usage page; null where none is served. */
  usagePage?: string | null
  /** What to buy where a person asks for credits, in US dollars; null if the caller may not buy. */
  buyUsd?: number | null
}

export type OverviewRequest = {
  mode: Mode
  days?: number | undefined
  from?: string | undefined
  to?: string | undefined
  limit: number
  /** Whether to include every day of the range, also days without work. */
  daily?: boolean | undefined
}

/**
 * Returns the whole usage overview of a caller, the states of its account, and what it spent in credits in this UTC month
 * (micro-dollars), read together. Throws `invalid_input` for an invalid range.
 */
export function* usageOverview(
  caller: Caller,
  request: OverviewRequest,
  nowMs: number,
): TransactionBody<{ overview: UsageOverview; states: State[]; used: number }> {
  const range = rangeOf(request, nowMs)
  const now = yield* accountStatus(caller, nowMs)
  const states = yield* accountStates(caller, now, nowMs)
  const report = yield* usageReport(caller.account.id, range)
  const daily = request.daily === true ? yield* dailyUsage(caller.account.id, range) : null
  const recent = yield* latestTransactions(caller.account.id, request.limit)
  const used = yield* creditsUsed(caller.account.id, monthOf(dayOf(nowMs)))
  const { available, held, total } = now.balance
  const overview = {
    mode: request.mode,
    account: caller.account.id,
    balance: { available: money(available), held: money(held), total: money(total) },
    lowBalance: now.lowBalance,
    session: { id: now.session.id, ...showBudget(now.session) },
    day: showPeriod(now.day, nextDay(nowMs)),
    month: showPeriod(now.month, nextMonth(nowMs)),
    usage: {
      ...usageFor(report, () => shownUsage(report)),
      ...(daily !== null && { daily: dailyFor(daily, () => daily.map(priced)) }),
    },
    recent: recentFor(recent, () => recent.map(shownTransaction)),
    states: states.map((state) => ({ kind: state.kind, text: stateLine(state, 'agent') })),
    totalCreditsUsed: usdNumber(used),
    monthlyLimit: now.month.limit === null ? null : usdNumber(now.month.limit),
    creditsRemaining: usdNumber(Math.min(available, now.month.remaining ?? available)),
  }
  return { overview, states, used }
}

function rangeOf({ days, from, to }: OverviewRequest, nowMs: number): DayRange {
  if (from === undefined && to === undefined) return lastDays(days ?? LAST_DAYS_DEFAULT, nowMs)
  if (days !== undefined || from === undefined || to === undefined) {
    throw new AppError('invalid_input', 'Give days, or both from and to.', {
      hint: 'days: 7 is the last week; from and to are inclusive.',
    })
  }
  return dayRange(from, to)
}

const usageFor = memoizeFor<Omit<UsageOverview['usage'], 'daily'>>()
const dailyFor = memoizeFor<NonNullable<UsageOverview['usage']['daily']>>()
const recentFor = memoizeFor<UsageOverview['recent']>()

function shownUsage({ from, to, total, ...report }: UsageReport) {
  return {
    from,
    to,
    totalCost: money(total.cost),
    generationCount: total.count,
    byModality: withWork(report.byModality),
    byModel: withWork(report.byModel),
    byOperation: withWork(report.byOperation),
  }
}

function shownTransaction(transaction: Transaction): UsageOverview['recent'][number] {
  const { id, type, operation, model, cost, billing, status, at } = transaction
  const createdAt = new Date(at).toISOString()
  return { id, type, operation, model, cost: money(cost), billing, status, createdAt }
}

/** Returns the lines of a breakdown with at least one generation. */
function withWork<T extends Sum>(sums: readonly T[]): (Omit<T, 'cost'> & { cost: Money })[] {
  return sums.filter(({ count }) => count > 0).map(priced)
}

function priced<T extends Sum>({ cost, ...rest }: T): Omit<T, 'cost'> & { cost: Money } {
  return { ...rest, cost: money(cost) }
}
