import type { AlertKind, AlertTable } from '../db/schema/alerts.ts'
import type { BudgetScope } from '../db/schema/ledger.ts'

/** What the text of an alert is made of. Amounts are micro-dollars. */
export type AlertDetails = {
  /**
   * `owner` is the account, key or group of the budget, `used` what is spent or held of it. `refused` is the price of the
   * call for which too little was left.
   */
  'budget.threshold': { scope: BudgetScope; owner: string; used: number; refused?: number }
  'balance.low': { available: number; below: number }
  'price.below_cost': { generation: string; model: string; charged: number; cost: number }
  /** `cost` is null if the image service did not say. */
  'work.unpaid': {
    generation: string
    account: string
    model: string
    jobs: number
    cost: number | null
  }
  'upstream.balance_exhausted': { generation: string }
  'ledger.verify_failed': { invariant: string }
  'store.failing': { reason: string }
}

type AlertKey = Pick<AlertTable, 'account_id' | 'subject' | 'period' | 'threshold' | 'cap'>

/** An alert to raise. `at` is in milliseconds since 1970; what is left out of its key is empty. */
export type NewAlert<K extends AlertKind = AlertKind> = {
  [Kind in K]: Partial<AlertKey> & { kind: Kind; at: number; details: AlertDetails[Kind] }
}[K]

/** Returns the UTC hour of a time, in which a fault that lasts is told once: `2026-11-21T14`. */
export function hourOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 13)
}
