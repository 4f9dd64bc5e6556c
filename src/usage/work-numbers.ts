import { forRows, preparedQuery, query, type RawSql, type TransactionBody } from '../db/db.ts'
import type { TransactionFilter } from './transactions.ts'

/** Which entries: of an account, by their numbers (`end` excluded), at most so many, the newest or the oldest. */
export type Scope = {
  accountId: string
  first: number
  end: number
  most: number
  upwards: boolean
}

/** The columns of the work of an entry, in the order of their index. */
const WORK = ['key_id', 'model', 'operation', 'modality'] as const

/** A search for the entries of one kind of work: one key, model, operation and modality. Times in milliseconds since 1970. */
type Search = Record<(typeof WORK)[number], string> & {
  account_id: string
  first: number
  end: number
  since: number
  until: number
  /** Empty for all kinds of entries. */
  kind: string
  most: number
}

/** Whether the conditions of a filter are on the work of an entry. A session has an index of its own. */
export function isByWork({ sessionId, ...filter }: TransactionFilter): boolean {
  const { keyId, model, operation, modality } = filter
  return (
    sessionId === undefined &&
    [keyId, model, operation, modality].some((each) => each !== undefined)
  )
}

/**
 * Returns the numbers of the entries that match a filter by work, in their order. One index has the entries of each kind
 * of work by their numbers; the kinds are few, and those of the sums by month. So as many entries are read for each kind
 * as are asked for, and merged.
 */
export function* numbersByWork(
  { accountId, first, end, most, upwards }: Scope,
  { type, keyId, model, operation, modality, since = 0, until = LATEST }: TransactionFilter,
): TransactionBody<number[]> {
  if (type === 'top_up') return []
  const asked = { key_id: keyId, model, operation, modality }
  const kinds = yield* query((db) => {
    const all = db
      .selectFrom('usage_month')
      .distinct()
      .select(WORK)
      .where('account_id', '=', accountId)
    return WORK.reduce((some, column) => {
      const value = asked[column]
      return value === undefined ? some : some.where(column, '=', value)
    }, all)
  })
  const kind = type === undefined ? '' : type === 'refund' ? 'refund' : 'capture'
  const found = yield* (upwards ? oldestOfEach : newestOfEach)(
    kinds.map((work) => ({ ...work, account_id: accountId, first, end, since, until, kind, most })),
  )
  const numbers = found.map(({ seq }) => seq).toSorted((a, b) => (upwards ? a - b : b - a))
  return numbers.slice(0, most)
}

const LATEST = Number.MAX_SAFE_INTEGER

const newestOfEach = searchEach('desc')
const oldestOfEach = searchEach('asc')

function searchEach(order: 'asc' | 'desc') {
  return forRows(
    preparedQuery((db, p: Search, sql) => ({
      compile: () => search(sql, p, order).compile(db),
    })),
    preparedQuery((db, p: { rows: string }, sql) => ({
      compile: () =>
        sql<{
          seq: number
        }>`select found.seq from json_to_recordset(${p.rows}) as asked (account_id text,
          ${sql.join(WORK.map((column) => sql`${sql.ref(column)} text`))}, first bigint, "end" bigint, since bigint,
          until bigint, kind text, most bigint)
          cross join lateral (${search(sql, columnsOf(sql), order)}) as found`.compile(db),
    })),
  )
}

type Sources = { readonly [column in keyof Search]: unknown }

function columnsOf(sql: RawSql): Sources {
  return new Proxy({} as Sources, { get: (_, column) => sql.ref(`asked.${String(column)}`) })
}

/** The kind is hidden from the planner, which knows an index of kinds and references. */
function search(sql: RawSql, p: Sources, order: 'asc' | 'desc') {
  const isWork = WORK.map((column) => sql`entry.${sql.ref(column)} = ${p[column]}`)
  return sql<{ seq: number }>`select entry.seq from entry
    where entry.account_id = ${p.account_id} and ${sql.join(isWork, sql` and `)}
      and entry.seq >= ${p.first} and entry.seq < ${p.end} and entry.at >= ${p.since} and entry.at < ${p.until}
      and (${p.kind} = '' or entry.kind || '' = ${p.kind})
    order by entry.seq ${sql.raw(order)} limit ${p.most}`
}
