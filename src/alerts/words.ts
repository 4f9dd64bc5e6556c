import type { AlertKind, AlertTable } from '../db/schema/alerts.ts'
import type { BudgetScope } from '../db/schema/ledger.ts'
import { display } from '../money.ts'
import type { AlertDetails } from './alert.ts'

/** Returns the text of an alert: a sentence or two, as a chat shows them. */
export function textOf(alert: AlertTable): string {
  const { account_id } = alert
  return `${account_id === '' ? '' : `Account ${account_id}: `}${wordsOf(alert)}`
}

/** Returns the text of an alert for those who know which account it is about. */
export function wordsOf(alert: AlertTable): string {
  const words = WORDS[alert.kind] as Words<never>
  return words(JSON.parse(alert.details) as never, alert)
}

type Words<K extends AlertKind> = (details: AlertDetails[K], alert: AlertTable) => string

const WORDS: { [K in AlertKind]: Words<K> } = {
  'budget.threshold': ({ scope, owner, used, refused }, { threshold, cap, period }) => {
    const name = `${BUDGETS[scope](owner)}${period === '' ? '' : ` for ${period}`}`
    const what =
      refused === undefined
        ? `${threshold}% of the ${name} is reached.`
        : `a call of ${display(refused)} was refused: too little is left of the ${name}.`
    return `${what} ${display(used)} of ${display(cap)} is spent or held.`
  },
  'balance.low': ({ available, below }) =>
    `${display(available)} is left, less than ${display(below)}.`,
  'price.below_cost': ({ generation, model, charged, cost }) =>
    `${model} was sold below cost: ${display(charged)} for what fal.ai billed at ${display(cost)} (${generation}).`,
  'work.unpaid': ({ generation, account, model, jobs, cost }) =>
    `fal.ai did work that nobody pays for: ${jobs} ${jobs === 1 ? 'job' : 'jobs'} of ${model}${cost === null ? '' : ` at ${display(cost)}`} for account ${account} (${generation}).`,
  'upstream.balance_exhausted': ({ generation }) =>
    `The balance at fal.ai is used up: paid calls fail, uncharged, until it is topped up (${generation}).`,
  'ledger.verify_failed': ({ invariant }) =>
    `The ledger differs: ${invariant}. Stop paid calls and look at once.`,
  'store.failing': ({ reason }) => `Outputs cannot be stored, so paid calls are refused: ${reason}`,
}

const BUDGETS: Record<BudgetScope, (owner: string) => string> = {
  session: (owner) => `budget of session ${owner}`,
  day: () => 'daily budget',
  month: () => 'monthly limit',
  key_day: (owner) => `daily cap of key ${owner}`,
  key_month: (owner) => `monthly cap of key ${owner}`,
  key_total: (owner) => `total cap of key ${owner}`,
  group_day: (owner) => `daily cap of group ${owner}`,
  group_month: (owner) => `monthly cap of group ${owner}`,
  group_total: (owner) => `total cap of group ${owner}`,
}
