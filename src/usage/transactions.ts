import { query, statement, type QueryBuilder, type RawSql, type Unit } from '../db/db.ts'
import type { EntryTable } from '../ledger/schema.ts'
import type { Modality, Operation } from '../pricing/catalog.ts'

export const TRANSACTION_TYPES = ['generation', 'top_up', 'refund'] as const
export type TransactionType = (typeof TRANSACTION_TYPES)[number]

/** One line of an account's history. `cost` is positive where credits went and negative where they came in. */
export type Transaction = {
  id: string
  type: TransactionType
  operation: Operation | null
  model: string | null
  modality: Modality | null
  provider: string | null
  cost: number
  billing: EntryTable['billing']
  /** A charge that was given back is `refunded`, a purchase that was taken back `reversed`. */
  status: 'completed' | 'refunded' | 'reversed'
  at: number
}

export type TransactionFilter = {
  type?: TransactionType | undefined
  modality?: Modality | undefined
  /** Earliest time, in milliseconds. */
  since?: number | undefined
  /** Time that it must be before, in milliseconds. */
  until?: number | undefined
  /** Continue after the entry of this number: stable while newer ones are added. */
  before?: number | undefined
  limit: number
}

export type TransactionPage = { transactions: Transaction[]; next: number | null }

const TYPES: Record<EntryTable['kind'], TransactionType> = {
  grant: 'top_up',
  capture: 'generation',
  refund: 'refund',
  top_up: 'top_up',
  claw_back: 'top_up',
  restore: 'top_up',
}

const selectLatest = statement((db, p: { account_id: string; limit: number }, sql) =>
  selectEntries(db, sql)
    .where('entry.account_id', '=', anyText(sql, p.account_id))
    .limit(anyNumber(sql, p.limit)),
)

/** The latest transactions of an account, newest first. */
export function* latestTransactions(accountId: string, limit: number): Unit<Transaction[]> {
  return (yield* selectLatest({ account_id: accountId, limit })).map(toTransaction)
}

/** An account's transactions, newest first, by a keyset on the entry number. */
export function* listTransactions(
  accountId: string,
  filter: TransactionFilter,
): Unit<TransactionPage> {
  const rows = yield* query((db, sql) => {
    let select = selectEntries(db, sql)
      .where('entry.account_id', '=', anyText(sql, accountId))
      .limit(anyNumber(sql, filter.limit + 1))
    if (filter.type !== undefined) select = select.where('entry.kind', 'in', kindsOf(filter.type))
    if (filter.modality !== undefined) select = select.where('entry.modality', '=', filter.modality)
    if (filter.since !== undefined) select = select.where('entry.at', '>=', filter.since)
    if (filter.until !== undefined) select = select.where('entry.at', '<', filter.until)
    if (filter.before !== undefined) select = select.where('entry.seq', '<', filter.before)
    return select
  })
  const page = rows.slice(0, filter.limit)
  return {
    transactions: page.map(toTransaction),
    next: rows.length > page.length ? (page.at(-1)?.seq ?? null) : null,
  }
}

/** How many transactions a filter matches in all. */
export function* countTransactions(
  accountId: string,
  { type, since }: Omit<TransactionFilter, 'limit'>,
): Unit<number> {
  const [row] = yield* query((db) => {
    let select = db
      .selectFrom('entry')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('account_id', '=', accountId)
    if (type !== undefined) select = select.where('kind', 'in', kindsOf(type))
    if (since !== undefined) select = select.where('at', '>=', since)
    return select
  })
  return row?.count ?? 0
}

const COLUMNS = [
  'entry.id',
  'entry.seq',
  'entry.kind',
  'entry.operation',
  'entry.model',
  'entry.modality',
  'entry.provider',
  'entry.amount',
  'entry.billing',
  'entry.at',
] as const

/** Entries, newest first, each with the refund of the same generation, if any. */
function selectEntries(db: QueryBuilder, sql: RawSql) {
  return db
    .selectFrom('entry')
    .leftJoin('entry as back', (join) =>
      join.onRef('back.ref', '=', 'entry.ref').on('back.kind', '=', sql.lit('refund')),
    )
    .select([...COLUMNS, 'back.id as refund_id'])
    .orderBy('entry.seq', 'desc')
}

/**
 * Values that the plan does not depend on. For a plain one SQLite plans a sorted query anew at each run,
 * which takes longer than the query.
 */
function anyText(sql: RawSql, text: string) {
  return sql<string>`cast(${text} as text)`
}

function anyNumber(sql: RawSql, count: number) {
  return sql<number>`cast(${count} as integer)`
}

function kindsOf(type: TransactionType): EntryTable['kind'][] {
  return (Object.keys(TYPES) as EntryTable['kind'][]).filter((kind) => TYPES[kind] === type)
}

type ListedEntry = Omit<Transaction, 'type' | 'cost' | 'status'> &
  Pick<EntryTable, 'kind' | 'amount'> & { refund_id: string | null }

function toTransaction(row: ListedEntry): Transaction {
  return {
    id: row.id,
    type: TYPES[row.kind],
    operation: row.operation,
    model: row.model,
    modality: row.modality,
    provider: row.provider,
    cost: row.kind === 'capture' || row.kind === 'claw_back' ? row.amount : -row.amount,
    billing: row.billing,
    status: statusOf(row),
    at: row.at,
  }
}

function statusOf({ kind, refund_id }: ListedEntry): Transaction['status'] {
  if (kind === 'claw_back') return 'reversed'
  return kind === 'capture' && refund_id !== null ? 'refunded' : 'completed'
}
