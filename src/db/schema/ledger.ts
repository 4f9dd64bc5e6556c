import type { Modality, Operation } from '../../pricing/catalog.ts'

/** Who pays fal: the operator, for calls on credits, or the user, with an own fal account. */
export type Payer = 'credits' | 'own_key'

/** A customer's balance. posted = available + held − debt. Amounts are micro-dollars, times are milliseconds since 1970. */
export type AccountTable = {
  id: string
  name: string
  created_at: number
  available: number
  held: number
  spent: number
  granted: number
  purchased: number
  clawed_back: number
  debt: number
  /** Number of entries. It numbers the next one, and shows if one is missing. */
  entries: number
  /** Time of the newest entry. It decreases only when an earlier clock is accepted. */
  last_at: number
  /** Patterns of the allowed models, separated by spaces; null allows all. */
  models: string | null
  /** The largest price of one call, in micro-dollars; null is no limit. */
  max_price: number | null
  /** While it is suspended: since when, and why, in the words of the operator. */
  suspended_at: number | null
  suspended_for: string | null
  /** It stays closed. */
  closed_at: number | null
}

export type BudgetScope =
  | 'session'
  | 'day'
  | 'month'
  | 'key_day'
  | 'key_month'
  | 'key_total'
  | 'group_day'
  | 'group_month'
  | 'group_total'

/** The use of one scope in one period, in micro-dollars. A new period is a new row; nothing is reset. */
export type BudgetTable = {
  id: string
  account_id: string
  scope: BudgetScope
  /** The id of its session, account, key or group. */
  subject: string
  /** UTC: `2026-11-21`, `2026-11`, or empty for a scope without a period. */
  period: string
  cap: number | null
  held: number
  spent: number
}

/** The fields that identify a budget. */
export type BudgetKey = Pick<BudgetTable, 'id' | 'scope' | 'subject' | 'period'>

export type HoldState = 'held' | 'captured' | 'released' | 'expired'

/**
 * A reservation. Its state changes once. Its id is the id of the generation. Amounts are micro-dollars, times are
 * milliseconds since 1970.
 */
export type HoldTable = {
  id: string
  account_id: string
  session_id: string
  /** Empty without an API key (stdio, command line). */
  key_id: string
  fingerprint: string
  state: HoldState
  billing: Payer
  amount: number
  captured: number | null
  operation: Operation
  model: string
  modality: Modality
  provider: string
  /** UTC day of the hold. It fixes the periods of its budgets. */
  day: string
  created_at: number
  expires_at: number
  resolved_at: number | null
  /** The group of its key when it was made; null without one. */
  group_id: string | null
}

export type EntryKind =
  | 'grant'
  | 'capture'
  | 'refund'
  | 'top_up'
  | 'claw_back'
  | 'restore'
  | 'credit'
  | 'correction'
type LedgerAccount = 'customer' | 'revenue' | 'grants' | 'purchases' | 'own_key' | 'upstream'

/**
 * One balanced transfer of `amount` micro-dollars. Entries are never changed. `seq` counts from 1 in each account
 * without a gap.
 */
export type EntryTable = {
  account_id: string
  seq: number
  /** The public transaction id. */
  id: string
  kind: EntryKind
  /** The id of its cause. Unique together with `kind`, so nothing is posted twice. */
  ref: string
  /** Milliseconds since 1970. At most five minutes before an earlier entry of the account, unless a clock was accepted. */
  at: number
  /** UTC day whose roll-up counts it. For a refund it is the day of the charge. */
  day: string
  debit: LedgerAccount
  credit: LedgerAccount
  amount: number
  balance_after: number
  held_after: number
  billing: Payer
  operation: Operation | null
  model: string | null
  modality: Modality | null
  provider: string | null
  session_id: string | null
  key_id: string | null
}

/**
 * The daily totals that reports read, in micro-dollars. Written in the transaction of the entry; they can be recomputed
 * from the entries.
 */
export type UsageDayTable = {
  account_id: string
  day: string
  key_id: string
  model: string
  operation: Operation
  modality: Modality
  billing: Payer
  count: number
  amount: number
}

/** The same totals for each session. They can be recomputed from the entries. */
type UsageSessionDayTable = UsageDayTable & { session_id: string }

/** The same totals for each month, `2026-11`. */
type UsageMonthTable = Omit<UsageDayTable, 'day'> & { month: string }

/** Fixed values of a ledger, such as its mode. */
type LedgerInfoTable = { name: string; value: string }

/**
 * What is proven of the ledger up to a checkpoint: the head of the proof, and the totals of each account, budget and
 * row of `usage_day`. `value` is JSON.
 */
export type ProofTable = {
  kind: 'head' | 'account' | 'budget' | 'usage'
  id: string
  value: string
}

/** After entry `seq` of an account, of the time `newest`, the clock was accepted to be at `at`. */
type ClockChangeTable = { account_id: string; seq: number; newest: number; at: number }

export type LedgerTables = {
  ledger_info: LedgerInfoTable
  account: AccountTable
  budget: BudgetTable
  hold: HoldTable
  entry: EntryTable
  usage_day: UsageDayTable
  proof: ProofTable
  clock_change: ClockChangeTable
  usage_session_day: UsageSessionDayTable
  usage_month: UsageMonthTable
}
