/** What an alert tells of. docs/runbook.md has a section for each. */
export const ALERT_KINDS = [
  'budget.threshold',
  'balance.low',
  'price.below_cost',
  'work.unpaid',
  'upstream.balance_exhausted',
  'ledger.verify_failed',
  'store.failing',
] as const

export type AlertKind = (typeof ALERT_KINDS)[number]

/** An alert, and its delivery to the operator's receiver. Times are milliseconds since 1970. */
export type AlertTable = {
  /** Empty if it is about no account. */
  account_id: string
  kind: AlertKind
  /** What it is about: a budget, a model, or empty. */
  subject: string
  /** The UTC month, day or hour in which it is raised once, such as `2026-11`; empty for ever. */
  period: string
  /** Percent of the cap; 0 for another kind. */
  threshold: number
  /** The cap of the budget, in micro-dollars: another one has thresholds of its own. 0 for another kind. */
  cap: number
  id: string
  at: number
  /** What its text is made of, as JSON. */
  details: string
  tries: number
  /** When it is sent, or sent again; null once it is delivered or given up. */
  next_at: number | null
  delivered_at: number | null
  /** What came of the last attempt, in our words. */
  answer: string | null
}

/** The webhook that the people of an account have set. Times are milliseconds since 1970. */
export type AlertReceiverTable = {
  account_id: string
  url: string
  /** The `whsec_…` that signs what is sent there. */
  secret: string
  created_at: number
  /** When its secret was shown to the person who set it, which happens once; null until then. */
  shown_at: number | null
  /** When something was last sent there by hand. */
  sent_at: number | null
}

/** The delivery of an alert to the webhook of its account. The columns mean what they do in `alert`. */
export type AlertDeliveryTable = Pick<
  AlertTable,
  'id' | 'account_id' | 'at' | 'tries' | 'next_at' | 'delivered_at' | 'answer'
>

export type AlertTables = {
  alert: AlertTable
  alert_receiver: AlertReceiverTable
  alert_delivery: AlertDeliveryTable
}
