import { z } from 'zod'
import type { Caller } from '../accounts/caller.ts'
import type { Mode } from '../config.ts'
import type { Unit } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { dayOf, monthOf } from '../ledger/rules.ts'
import { display, money, usdNumber } from '../money.ts'
import { MODALITIES, OPERATIONS } from '../pricing/catalog.ts'
import { dayRange, lastDays, nextDay, nextMonth, type DayRange } from './days.ts'
import { creditsUsed, usageReport, type Sum } from './report.ts'
import { MoneyShape, PeriodShape, SessionShape, showBudget, showPeriod } from './shapes.ts'
import { standing } from './standing.ts'
import { latestTransactions, TRANSACTION_TYPES } from './transactions.ts'

export const LAST_DAYS_DEFAULT = 7
export const RECENT_DEFAULT = 5

const SumShape = z.object({ count: z.number(), cost: MoneyShape })

/** What checkUsage and inkwell://usage answer. The last three are plain USD numbers, under VideoDB's names. */
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
    daily: z.array(SumShape.extend({ date: z.string() })),
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
  totalCreditsUsed: z.number(),
  monthlyLimit: z.number().nullable(),
  creditsRemaining: z.number(),
})

export type UsageOverview = z.infer<typeof UsageOverviewShape>

export type OverviewRequest = {
  mode: Mode
  days?: number | undefined
  from?: string | undefined
  to?: string | undefined
  limit: number
}

/** Everything a caller may know about its money, read from one state. Throws `invalid_input` for a bad range. */
export function* usageOverview(
  caller: Caller,
  request: OverviewRequest,
  nowMs: number,
): Unit<UsageOverview> {
  const range = rangeOf(request, nowMs)
  const today = dayOf(nowMs)
  const now = yield* standing(caller, nowMs)
  const report = yield* usageReport(caller.account.id, range)
  const month = { from: `${monthOf(today)}-01`, to: today }
  const recent = yield* latestTransactions(caller.account.id, request.limit)
  const { available, held, total } = now.balance
  return {
    mode: request.mode,
    account: caller.account.id,
    balance: { available: money(available), held: money(held), total: money(total) },
    lowBalance: now.lowBalance,
    session: { id: now.session.id, ...showBudget(now.session) },
    day: showPeriod(now.day, nextDay(nowMs)),
    month: showPeriod(now.month, nextMonth(nowMs)),
    usage: {
      ...range,
      totalCost: money(report.total.cost),
      generationCount: report.total.count,
      byModality: report.byModality.map(priced),
      byModel: report.byModel.map(priced),
      byOperation: report.byOperation.map(priced),
      daily: report.daily.map(priced),
    },
    recent: recent.map(({ id, type, operation, model, cost, billing, status, at }) => {
      return {
        id,
        type,
        operation,
        model,
        cost: money(cost),
        billing,
        status,
        createdAt: new Date(at).toISOString(),
      }
    }),
    totalCreditsUsed: usdNumber(yield* creditsUsed(caller.account.id, month)),
    monthlyLimit: now.month.limit === null ? null : usdNumber(now.month.limit),
    creditsRemaining: usdNumber(Math.min(available, now.month.remaining ?? available)),
  }
}

/** The overview in a few plain sentences. */
export function usageText({
  mode,
  balance,
  session,
  month,
  usage,
  lowBalance,
}: UsageOverview): string {
  const test = mode === 'test' ? ' of test credits (no paid model runs in test mode)' : ''
  const held =
    balance.held.micro > 0 ? `, ${balance.held.display} more is held for work in hand` : ''
  const lines = [
    `Balance: ${balance.available.display}${test}${held}.`,
    session.limit === null
      ? `This session has spent ${session.spent.display} and has no budget.`
      : `This session has spent ${session.spent.display} of its ${session.limit.display}; ${session.remaining?.display} is left.`,
    ...(month.limit === null
      ? []
      : [`This month: ${month.used.display} of ${month.limit.display}.`]),
    `${usage.from} to ${usage.to}: ${usage.generationCount} ${usage.generationCount === 1 ? 'generation' : 'generations'} for ${usage.totalCost.display}.`,
    ...usage.byModel
      .slice(0, 5)
      .map(({ model, count, cost }) => `- ${model}: ${count} for ${display(cost.micro)}`),
    ...(lowBalance ? ['Low balance: buyCredits or `inkwell billing buy` adds credits.'] : []),
  ]
  return lines.join('\n')
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

function priced<T extends Sum>({
  cost,
  ...rest
}: T): Omit<T, 'cost'> & { cost: ReturnType<typeof money> } {
  return { ...rest, cost: money(cost) }
}
