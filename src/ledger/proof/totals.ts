import { crypto } from '../../crypto.ts'
import type { EntryTable } from '../../db/schema/ledger.ts'

/** What the entries of an account add up to, in micro-dollars, up to entry `seq`. */
export type AccountTotals = {
  seq: number
  /** Time of the newest entry, in milliseconds since 1970. */
  newest: number
  balance: number
  granted: number
  purchased: number
  clawedBack: number
  spent: number
  /** SHA-256 of the entry and of the hash before it, in hex: the same entries have the same hash. */
  hash: string
}

/** What a row of `usage_day` counts: generations, and micro-dollars. */
export type UsageTotals = { count: number; amount: number }

/** The sums of a proof. They start at a checkpoint, or empty, and grow entry by entry. */
export type Totals = {
  accounts: Map<string, AccountTotals>
  /** What was captured in each budget, in micro-dollars, by its id. */
  budgets: Map<string, number>
  /** By the key of a row of `usage_day`. */
  usage: Map<string, UsageTotals>
  /** What changed since the start, as `kind id`. */
  changed: Set<string>
}

/** Totals of no entries. */
export function emptyTotals(): Totals {
  return { accounts: new Map(), budgets: new Map(), usage: new Map(), changed: new Set() }
}

/** The totals of an account without entries. */
export const NO_ENTRIES: AccountTotals = {
  seq: 0,
  newest: 0,
  balance: 0,
  granted: 0,
  purchased: 0,
  clawedBack: 0,
  spent: 0,
  hash: '',
}

type UsageKey = Pick<
  EntryTable,
  'account_id' | 'day' | 'key_id' | 'model' | 'operation' | 'modality' | 'billing'
>

/** Returns the key of a row of `usage_day`, or of the row that counts an entry. */
export function usageKey(row: UsageKey): string {
  const { account_id, day, key_id, model, operation, modality, billing } = row
  return JSON.stringify([account_id, day, key_id, model, operation, modality, billing])
}

/** Returns the totals with one more entry. */
export function withEntry(before: AccountTotals, entry: EntryTable): AccountTotals {
  const { kind, amount, billing, debit, credit } = entry
  const signOf = (plus: string, minus = ''): number => (kind === plus ? 1 : kind === minus ? -1 : 0)
  const onCredits = billing === 'credits' ? 1 : 0
  const received = credit === 'customer' ? 1 : debit === 'customer' ? -1 : 0
  return {
    seq: entry.seq,
    newest: Math.max(before.newest, entry.at),
    balance: before.balance + received * amount,
    granted: before.granted + (signOf('grant') + signOf('credit')) * amount,
    purchased: before.purchased + signOf('top_up') * amount,
    clawedBack:
      before.clawedBack + (signOf('claw_back', 'restore') + signOf('correction')) * amount,
    spent: before.spent + signOf('capture', 'refund') * onCredits * amount,
    hash: sha256(before.hash + canonical(entry)),
  }
}

/** Returns the SHA-256 of a text, in hex. */
export function sha256(text: string): string {
  return crypto().createHash('sha256').update(text).digest('hex')
}

/** The columns of an entry in the order in which they are hashed. A new column is added at the end. */
function canonical(e: EntryTable): string {
  const what = [e.account_id, e.seq, e.id, e.kind, e.ref, e.at, e.day, e.debit, e.credit, e.amount]
  const after = [e.balance_after, e.held_after]
  const work = [e.billing, e.operation, e.model, e.modality, e.provider, e.session_id, e.key_id]
  return JSON.stringify([...what, ...after, ...work])
}
