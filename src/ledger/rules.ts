import type { NewAlert } from '../alerts/alert.ts'
import { balanceAlert, type ChangedBalance, type HeldBudget } from '../alerts/thresholds.ts'
import { AppError, type ErrorCode, type Hints } from '../errors.ts'
import { PURCHASE_OFFERS } from '../pricing/purchases.ts'
import { display, micro, money, type Micro } from '../money.ts'
import type { BudgetKey, BudgetScope, HoldTable } from '../db/schema/ledger.ts'

/** Credits that every new account gets once: $5.00. */
export const SIGNUP_GRANT: Micro = micro(5_000_000)

/** People and agents are warned if less than this is available: $1.00. */
export const LOW_BALANCE: Micro = micro(1_000_000)

/** Returns the alert of a balance that a change makes low. It is raised once on a UTC day. */
export function lowBalance(change: ChangedBalance): NewAlert[] {
  return balanceAlert(change, { below: LOW_BALANCE, period: dayOf(change.at) })
}

export const DAY_MS = 86_400_000

/** Returns the UTC calendar day of a time: `2026-11-21`. */
export function dayOf(atMs: number): string {
  const start = Math.floor(atMs / DAY_MS) * DAY_MS
  if (lastDay.start !== start) lastDay = { start, text: new Date(start).toISOString().slice(0, 10) }
  return lastDay.text
}

/** The day that was asked for last: most calls are of the same one. */
let lastDay = { start: Number.NaN, text: '' }

/** Returns the month of a day: `2026-11`. */
export function monthOf(day: string): string {
  return day.slice(0, 7)
}

/** How far the clock may be behind the newest entry: clocks of several processes differ, in milliseconds. */
export const CLOCK_SLACK_MS = 300_000

/**
 * Returns the time of an entry that is written at `at`, where `newest` is the newest of the account (this one
 * included): the true time, or the newest if the clock is far behind it and nobody accepted that.
 */
export function entryTime(at: number, newest: number): number {
  return at < newest - CLOCK_SLACK_MS ? newest : at
}

/** Caps by scope, in micro-dollars; null is no cap. */
export type Caps = Record<BudgetScope, number | null>

/** Returns the lower of two caps; null is no cap. */
export function lower(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b
  return Math.min(a, b)
}

type BudgetOwner = Pick<HoldTable, 'account_id' | 'session_id' | 'key_id' | 'group_id' | 'day'>

/** Returns every budget that a hold counts against, in the fixed order in which they are written. */
export function budgetsOf({
  account_id,
  session_id,
  key_id,
  group_id,
  day,
}: BudgetOwner): BudgetKey[] {
  const month = monthOf(day)
  const keys: [BudgetScope, string, string][] = [
    ['session', session_id, ''],
    ['day', account_id, day],
    ['month', account_id, month],
  ]
  if (key_id !== '')
    keys.push(['key_day', key_id, day], ['key_month', key_id, month], ['key_total', key_id, ''])
  if (group_id !== null)
    keys.push(
      ['group_day', group_id, day],
      ['group_month', group_id, month],
      ['group_total', group_id, ''],
    )
  return keys.map(([scope, subject, period]) => ({
    id: budgetId(scope, subject, period),
    scope,
    subject,
    period,
  }))
}

/** Returns the id of a budget row: scope, subject and period, joined by colons. */
export function budgetId(scope: BudgetScope, subject: string, period: string): string {
  return [scope, subject, period].filter((part) => part !== '').join(':')
}

/** The error for a price above the available balance (both micro-dollars). Its hints name the alternatives. */
export function insufficientCredits(required: number, available: number): AppError {
  return new AppError(
    'insufficient_credits',
    `Not enough credits. Required: ${display(required)}, Available: ${display(available)}.`,
    {
      hint: 'Choose a cheaper model.',
      toolHint: 'Or call buyCredits: it gives a payment link for the person you work for.',
      localHint: BUY_HERE,
      facts: { required: money(required), available: money(available) },
    },
  )
}

/** What a person at this machine can do without credits. */
const BUY_HERE = `At this machine \`inkwell billing buy --amount ${PURCHASE_OFFERS[0] / 100}\` buys credits, and INKWELL_FAL_KEY uses your own fal.ai account.`

type BudgetRefusal = Hints & { code: ErrorCode; name: string }

const NEXT_DAY = 'Choose a cheaper model, or wait: it starts anew at 00:00 UTC.'
const NEXT_MONTH = 'Choose a cheaper model, or wait: it starts anew on the 1st, 00:00 UTC.'

const BUDGET_REFUSALS: Record<BudgetScope, BudgetRefusal> = {
  session: {
    code: 'session_budget_exceeded',
    name: 'Session budget',
    hint: 'Choose a cheaper model or stop here: no call can change the budget of a session.',
    localHint: 'INKWELL_MAX_USD_PER_RUN sets that of the next session.',
  },
  day: {
    code: 'daily_budget_exceeded',
    name: 'Daily budget',
    hint: NEXT_DAY,
    localHint: 'INKWELL_MAX_USD_PER_DAY sets it.',
  },
  month: {
    code: 'monthly_limit_exceeded',
    name: 'Monthly limit',
    hint: NEXT_MONTH,
    localHint: 'INKWELL_MONTHLY_LIMIT_USD sets it.',
  },
  key_day: { code: 'key_budget_exceeded', name: 'Daily cap of this API key', hint: NEXT_DAY },
  key_month: { code: 'key_budget_exceeded', name: 'Monthly cap of this API key', hint: NEXT_MONTH },
  key_total: {
    code: 'key_budget_exceeded',
    name: 'Total cap of this API key',
    hint: 'Choose a cheaper model or stop here: the owner of the account has to give out another key.',
  },
  group_day: { code: 'key_budget_exceeded', name: "Daily cap of this key's group", hint: NEXT_DAY },
  group_month: {
    code: 'key_budget_exceeded',
    name: "Monthly cap of this key's group",
    hint: NEXT_MONTH,
  },
  group_total: {
    code: 'key_budget_exceeded',
    name: "Total cap of this key's group",
    hint: 'Choose a cheaper model or stop here: only the operator of this server can raise it.',
  },
}

/** Returns the scope of a budget as refusals and reports name it: those of a key, or of a group, by one name. */
export function shownScope(scope: BudgetScope): 'session' | 'day' | 'month' | 'key' | 'group' {
  if (scope === 'session' || scope === 'day' || scope === 'month') return scope
  return scope.startsWith('key_') ? 'key' : 'group'
}

/** The use of one budget, in micro-dollars. */
type BudgetUse = { spent: number; held: number }

/** A call that would take a budget above its cap. A sum equal to the cap is allowed. */
export class BudgetExceededError extends AppError {
  /** The budget, without this call: what an alert tells of it. */
  readonly budget: HeldBudget

  constructor(budget: Omit<HeldBudget, 'used'> & { cap: number }, use: BudgetUse) {
    const { scope, amount: required, cap } = budget
    const { code, name, ...hints } = BUDGET_REFUSALS[scope]
    const used = use.spent + use.held
    const left = Math.max(0, cap - used)
    const message = `${name} exceeded: this costs ${display(required)}, and ${display(left)} is left of ${display(cap)} (spent ${display(use.spent)}, held ${display(use.held)}).`
    super(code, message, {
      ...hints,
      facts: {
        required: money(required),
        limit: money(cap),
        spent: money(use.spent),
        held: money(use.held),
        scope: shownScope(scope),
      },
    })
    this.budget = { ...budget, used }
  }
}
