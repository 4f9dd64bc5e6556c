import type { Modality, Operation } from '../../pricing/catalog.ts'

/** Who pays fal: the operator, out of credits, or the user, on an own fal account. */
export type Payer = 'credits' | 'own_key'

/** A customer's balance. posted = available + held − debt; every amount is micro-dollars. */
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
  /** Number of entries: the next one's place, and proof that none is missing. */
  entries: number
  /** Time of the latest entry. It never falls, whatever the clock does. */
  last_at: number
  /** The patterns of the models that it may use, with a space between; null is no list. */
  models: string | null
}

export type BudgetScope = 'session' | 'day' | 'month' | 'key_day' | 'key_month' | 'key_total'

/** What was used in one scope and period. A new period is a new row; nothing is ever reset. */
export type BudgetTable = {
  id: string
  account_id: string
  scope: BudgetScope
  /** The session, account or key it belongs to. */
  subject: string
  /** `2026-11-21`, `2026-11`, or empty where the scope has no period. */
  period: string
  cap: number | null
  held: number
  spent: number
}

/** Which budget a row is. */
export type BudgetKey = Pick<BudgetTable, 'id' | 'scope' | 'subject' | 'period'>

export type HoldState = 'held' | 'captured' | 'released' | 'expired'

/** A reservation and its one change of state. Its id is the generation's. */
export type HoldTable = {
  id: string
  account_id: string
  session_id: string
  /** Empty where no API key is involved (stdio, command line). */
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
  /** UTC day of the hold: the period that its budgets are pinned to. */
  day: string
  created_at: number
  expires_at: number
  resolved_at: number | null
}

type EntryKind = 'grant' | 'capture' | 'refund' | 'top_up' | 'claw_back' | 'restore'
type LedgerAccount = 'customer' | 'revenue' | 'grants' | 'purchases' | 'own_key' | 'upstream'

/** One balanced transfer, only ever added. `seq` counts from 1 in each account without a gap. */
export type EntryTable = {
  account_id: string
  seq: number
  /** The public transaction id. */
  id: string
  kind: EntryKind
  /** What the entry is about; with `kind` it is unique, so nothing posts twice. */
  ref: string
  at: number
  /** UTC day whose roll-up counts it; for a refund the day of its charge. */
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

/** The daily roll-up that reports read: kept by the same transaction, provable from the entries. */
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

/** What a ledger says of itself. */
type LedgerInfoTable = { name: string; value: string }

export type LedgerTables = {
  ledger_info: LedgerInfoTable
  account: AccountTable
  budget: BudgetTable
  hold: HoldTable
  entry: EntryTable
  usage_day: UsageDayTable
}
