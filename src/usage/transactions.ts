import type { TransactionBody } from '../db/db.ts'
import type { EntryTable } from '../db/schema/ledger.ts'
import { memoizeFor } from '../once.ts'
import type { Modality, Operation } from '../pricing/catalog.ts'
import { countEntries, entriesOf, selectLatest, type ListedEntry } from './entries.ts'
import { entryNumbers } from './entry-numbers.ts'

export const TRANSACTION_TYPES = ['generation', 'top_up', 'refund'] as const
export type TransactionType = (typeof TRANSACTION_TYPES)[number]

/**
 * One line of an account's history. `cost` is in micro-dollars: positive for spent credits, negative for received ones.
 * `at` is in milliseconds since 1970.
 */
export type Transaction = {
  id: string
  /** The generation of a charge or a refund; of anything else its cause. */
  ref: string
  type: TransactionType
  kind: EntryTable['kind']
  operation: Operation | null
  model: string | null
  modality: Modality | null
  provider: string | null
  cost: number
  billing: EntryTable['billing']
  /** `refunded`: a charge that was paid back. `reversed`: credits of a refunded payment, or by the operator, were taken back. */
  status: 'completed' | 'refunded' | 'reversed'
  at: number
}

/** Conditions on transactions; all that are given must hold. */
export type TransactionFilter = {
  type?: TransactionType | undefined
  operation?: Operation | undefined
  modality?: Modality | undefined
  model?: string | undefined
  /** Empty for work without an API key. */
  keyId?: string | undefined
  sessionId?: string | undefined
  /** Earliest time, in milliseconds since 1970. */
  since?: number | undefined
  /** Latest time, exclusive, in milliseconds since 1970. */
  until?: number | undefined
}

/** A request for a page: at most `limit` transactions, older than the entry number `before` or newer than `after`. */
export type PageRequest = TransactionFilter & {
  before?: number | undefined
  after?: number | undefined
  limit: number
}

/** `next` is `before` for the older page, `previous` is `after` for the newer one; null if there is none. */
export type TransactionPage = {
  transactions: Transaction[]
  next: number | null
  previous: number | null
}

const TYPES: Record<EntryTable['kind'], TransactionType> = {
  grant: 'top_up',
  capture: 'generation',
  refund: 'refund',
  top_up: 'top_up',
  claw_back: 'top_up',
  restore: 'top_up',
  credit: 'top_up',
  correction: 'top_up',
}

/** Returns whether entries of a kind take credits from the balance. */
export function takesCredits(kind: EntryTable['kind']): boolean {
  return kind === 'capture' || kind === 'claw_back' || kind === 'correction'
}

/** Returns the latest transactions of an account, newest first. */
export function* latestTransactions(
  accountId: string,
  limit: number,
): TransactionBody<readonly Transaction[]> {
  const rows = yield* selectLatest({ account_id: accountId, limit })
  return latestFor(rows, () => rows.map(toTransaction))
}

const latestFor = memoizeFor<readonly Transaction[]>()

/** Returns a page of an account's transactions, newest first, by entry number (keyset pagination). */
export function* listTransactions(
  accountId: string,
  { limit, before, after, ...filter }: PageRequest,
): TransactionBody<TransactionPage> {
  const numbers = yield* entryNumbers(accountId, filter)
  const upwards = before === undefined && after !== undefined
  const first = Math.max(numbers.first, upwards ? after + 1 : 1)
  const end = Math.min(numbers.end, before ?? numbers.end)
  const scope = { accountId, first, end, upwards, most: limit + 1 }
  const found = yield* entriesOf(scope, filter)
  const rows = found.slice(0, limit)
  const more = found.length > rows.length
  if (upwards) rows.reverse()
  const [newest, oldest] = [rows[0]?.seq ?? null, rows.at(-1)?.seq ?? null]
  return {
    transactions: rows.map(toTransaction),
    next: upwards || more ? oldest : null,
    previous: upwards ? (more ? newest : null) : before === undefined ? null : newest,
  }
}

/** Counts the transactions that match a filter, up to `most`. With `after`, only those newer than this entry number. */
export function* countTransactions(
  accountId: string,
  filter: TransactionFilter,
  { most = Number.MAX_SAFE_INTEGER, after = 0 }: { most?: number; after?: number } = {},
): TransactionBody<number> {
  const { first, end } = yield* entryNumbers(accountId, filter)
  const from = Math.max(first, after + 1)
  return yield* countEntries({ accountId, first: from, end, most, upwards: true }, filter)
}

function toTransaction(row: ListedEntry): Transaction {
  return {
    id: row.id,
    ref: row.ref,
    type: TYPES[row.kind],
    kind: row.kind,
    operation: row.operation,
    model: row.model,
    modality: row.modality,
    provider: row.provider,
    cost: takesCredits(row.kind) ? row.amount : -row.amount,
    billing: row.billing,
    status: statusOf(row),
    at: row.at,
  }
}

function statusOf({ kind, refund_id }: ListedEntry): Transaction['status'] {
  if (kind === 'claw_back' || kind === 'correction') return 'reversed'
  return kind === 'capture' && refund_id !== null ? 'refunded' : 'completed'
}
