import type { PurchaseStatus } from '../db/schema/billing.ts'
import { dayOf, LOW_BALANCE } from '../ledger/rules.ts'
import { display } from '../money.ts'
import { PURCHASE_OFFERS } from '../pricing/purchases.ts'
import { asSentence } from '../text.ts'
import type { LostPayment, State, StateBudget } from './states.ts'

/** Who reads it: an agent with tools, a person at a page, or the person at the machine that runs Inkwell. */
export type Audience = 'agent' | 'person' | 'operator'

/** A state in words: what it is, why, and the next step. */
export type StateWords = {
  kind: State['kind']
  /** Whether paid calls are refused now. */
  stops: boolean
  title: string
  text: string
  step: string
}

/** Returns the words of a state for its reader. A step names only what this reader has. */
export function wordsOf(state: State, audience: Audience): StateWords {
  const { kind } = state
  switch (state.kind) {
    case 'closed':
      return {
        kind,
        stops: true,
        title: 'This account is closed',
        text: 'Its history can be read; nothing more can be made or bought with it.',
        step: 'Ask the operator of this server for another one.',
      }
    case 'suspended': {
      const step = 'Paid calls and purchases are refused. Ask the operator of this server.'
      const local = `Paid calls and purchases are refused until inkwell accounts resume ${state.accountId}.`
      return {
        kind,
        stops: true,
        title: 'This account is suspended',
        text: `The reason: ${asSentence(state.reason)}`,
        step: audience === 'operator' ? local : step,
      }
    }
    case 'debt':
      return {
        kind,
        stops: true,
        title: `Debt of ${display(state.debt)}`,
        text: debtReason(state.payment),
        step: `Paid calls are refused until it is paid. ${BUY[audience]}; the next purchase pays the debt first.`,
      }
    case 'out_of_credits':
      return {
        kind,
        stops: true,
        title: 'Out of credits',
        text:
          state.held > 0
            ? `Nothing is available; ${display(state.held)} is held for work in hand.`
            : 'Nothing is available.',
        step: `Paid calls are refused. ${BUY[audience]}.`,
      }
    case 'low':
      return {
        kind,
        stops: false,
        title: 'Low balance',
        text: `${display(state.available)} is available, less than ${display(LOW_BALANCE)}.`,
        step: `${BUY[audience]}.`,
      }
    case 'budget':
      return budgetWords(state, audience)
    case 'key_ends':
      return {
        kind,
        stops: false,
        title: `This API key ends on ${timeOf(state.at)}`,
        text: 'From then on it is refused.',
        step: 'Ask the operator of this server for another one.',
      }
  }
}

/** Returns a state as one line of text for its reader. */
export function stateLine(state: State, audience: Audience): string {
  const { title, text, step } = wordsOf(state, audience)
  return `${title}. ${text} ${step}`
}

const BUY: Readonly<Record<Audience, string>> = {
  agent: 'buyCredits gives a payment link for more credits',
  person: 'Buy credits',
  operator: `inkwell billing buy --amount ${PURCHASE_OFFERS[0] / 100} adds credits`,
}

const ENDED: Partial<Record<PurchaseStatus, string>> = {
  disputed: 'disputed',
  partially_refunded: 'refunded in part',
}

/** Says why an account owes money: the payment that was taken back after its credits had been spent. */
function debtReason(payment: LostPayment | null): string {
  if (payment === null) return 'Credits were taken back after they had been spent.'
  const { paid, takenBack, status, at } = payment
  const how = ENDED[status] ?? 'refunded'
  return `The payment of ${display(paid)} of ${dayOf(at)} was ${how}, so ${display(takenBack)} of its credits was taken back. More of them had been spent than was left.`
}

const NAMES: Readonly<Record<StateBudget, string>> = {
  session: 'Budget of this session',
  day: 'Daily budget',
  month: 'Monthly limit',
  key_day: 'Daily cap of this API key',
  key_month: 'Monthly cap of this API key',
  key_total: 'Total cap of this API key',
  group_day: "Daily cap of this key's group",
  group_month: "Monthly cap of this key's group",
  group_total: "Total cap of this key's group",
}

/** The settings of the budgets that do not belong to a key. */
const SETTINGS: Partial<Record<StateBudget, string>> = {
  session: 'INKWELL_MAX_USD_PER_RUN',
  day: 'INKWELL_MAX_USD_PER_DAY',
  month: 'INKWELL_MONTHLY_LIMIT_USD',
}

function budgetWords(
  { budget, limit, used, remaining, resetsAt }: Extract<State, { kind: 'budget' }>,
  audience: Audience,
): StateWords {
  const stops = remaining === 0
  const percent = limit === 0 ? 100 : Math.floor((used / limit) * 100)
  const setting = audience === 'operator' ? SETTINGS[budget] : undefined
  return {
    kind: 'budget',
    stops,
    title: stops ? `${NAMES[budget]} used up` : `${NAMES[budget]}: ${percent} % used`,
    text: `${display(used)} of ${display(limit)} is used, ${display(remaining)} is left.`,
    step: [
      resetsAt !== null && `It starts anew on ${timeOf(resetsAt)}.`,
      resetsAt === null && budget === 'session' && 'Another session has a budget of its own.',
      budget === 'key_total' && 'Only another key brings more.',
      setting !== undefined && `${setting} sets it.`,
    ]
      .filter(Boolean)
      .join(' '),
  }
}

/** Formats a time to the minute, in UTC: `2026-11-30, 00:00 UTC`. */
function timeOf(atMs: number): string {
  return `${dayOf(atMs)}, ${new Date(atMs).toISOString().slice(11, 16)} UTC`
}
