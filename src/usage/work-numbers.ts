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
export function* numbersByWork(scope: Scope, filter: TransactionFilter): TransactionBody<number[]> {
  const { most, upwards } = scope
  const found = yield* (upwards ? oldestOfEach : newestOfEach)(yield* searches(scope, filter))
  const numbers = found.map(({ seq }) => seq).toSorted((a, b) => (upwards ? a - b : b - a))
  return numbers.slice(0, most)
}

/** Counts the entries that match a filter by work, up to `most`: mostly there are so many of the first kind alone. */
export function* countByWork(scope: Scope, filter: TransactionFilter): TransactionBody<number> {
  const kinds = yield* searches(scope, filter)
  let all = 0
  for (const some of [kinds.slice(0, 1), kinds.slice(1)]) {
    if (some.length === 0 || all >= scope.most) break
    for (const { count } of yield* countOfEach(some)) all += Number(count)
  }
  return Math.min(all, scope.most)
}

/** Returns a search for each kind of work that a filter names, the most frequent first. */
function* searches(
  { accountId, first, end, most }: Scope,
  { type, keyId, model, operation, modality, since = 0, until = LATEST }: TransactionFilter,
): TransactionBody<Search[]> {
  if (type === 'top_up') return []
  const asked = { key_id: keyId, model, operation, modality }
  const kinds = yield* query((db) => {
    const all = db
      .selectFrom('usage_month')
      .select(WORK)
      .where('account_id', '=', accountId)
      .groupBy(WORK)
      .orderBy(({ fn }) => fn.sum('count'), 'desc')
    return WORK.reduce((some, column) => {
      const value = asked[column]
      return value === undefined ? some : some.where(column, '=', value)
    }, all)
  })
  const kind = type === undefined ? '' : type === 'refund' ? 'refund' : 'capture'
  return kinds.map((work) => ({
    ...work,
    account_id: accountId,
    first,
    end,
    since,
    until,
    kind,
    most,
  }))
}

const LATEST = Number.MAX_SAFE_INTEGER

const newestOfEach = searchEach<{ seq: number }>('seq', 'desc')
const oldestOfEach = searchEach<{ seq: number }>('seq', 'asc')
const countOfEach = searchEach<{ count: number | string }>('count(*) as count', 'asc')

function searchEach<R>(result: string, order: 'asc' | 'desc') {
  return forRows(
    preparedQuery((db, p: Search, sql) => ({
      compile: () =>
        sql<R>`select ${sql.raw(result)} from (${search(sql, p, order)}) as matching`.compile(db),
    })),
    preparedQuery((db, p: { rows: string }, sql) => ({
      compile: () =>
        sql<R>`select ${sql.raw(result)} from json_to_recordset(${p.rows}) as asked (account_id text,
          ${sql.join(WORK.map((column) => sql`${sql.ref(column)} text`))}, first bigint, "end" bigint, since bigint,
          until bigint, kind text, most bigint)
          cross join lateral (${search(sql, columnsOf(sql), order)}) as matching`.compile(db),
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
