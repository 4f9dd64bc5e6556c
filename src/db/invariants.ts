import type { Row, RawSql, TransactionBody } from './db.ts'
import type { Dialect } from './dialect.ts'

/** A broken invariant and the first row that breaks it. */
export type Difference = { invariant: string; row: Row }

/** Queries by the invariant they check. Each finds the rows that break it. The SQL is valid on both engines. */
export type Invariants = Readonly<Record<string, string>>

/** Tables that invariants read, each with a column of its account. */
const OF_ACCOUNTS = [
  'approval',
  'audit',
  'entry',
  'generation',
  'hold',
  'purchase',
  'usage_day',
  'usage_month',
  'usage_session_day',
] as const

/**
 * Checks these invariants in order, for one account if it is given. Returns the first difference, or null if there is
 * none.
 */
export function* findBroken(
  invariants: Invariants,
  accountId?: string,
): TransactionBody<Difference | null> {
  for (const [invariant, text] of Object.entries(invariants)) {
    const tables = OF_ACCOUNTS.filter((table) => new RegExp(`\\b${table}\\b`).test(text))
    const [row] = yield (builder, sql, dialect) => {
      const only = accountId === undefined ? sql`` : onlyRows(sql, dialect, tables, { accountId })
      return sql`${only} ${sql.raw(`${text} limit 1`)}`.compile(builder)
    }
    if (row !== undefined) return { invariant, row }
  }
  return null
}

/** Rows of a range. */
const PAGE = 20_000

/** Some rows of a table, by their ids: those after `after`, and up to `upTo`, or to the end if that is null. */
export type Range = { after: string; upTo: string | null }

/** Divides the ids of a table into ranges, so that no statement reads all of it. The last one has no end. */
export function* rangesOf(table: string): TransactionBody<Range[]> {
  const ranges: Range[] = []
  for (let after = ''; ;) {
    const [last] = yield (builder, sql) =>
      sql`select id from ${sql.table(table)} where id > ${after}
        order by id limit 1 offset ${sql.lit(PAGE)}`.compile(builder)
    if (last === undefined) return [...ranges, { after, upTo: null }]
    ranges.push({ after, upTo: String(last.id) })
    after = String(last.id)
  }
}

/** Returns the start of a query in which these tables have only the rows of a range, or of an account, or of both. */
export function onlyRows(
  sql: RawSql,
  dialect: Dialect,
  tables: readonly string[],
  { range, accountId }: { range?: Range; accountId?: string | undefined },
) {
  // SQLite takes the name inside for the query itself, unless it names the schema.
  const schema = sql.raw(dialect.name === 'sqlite' ? 'main.' : '')
  const conditions = [
    ...(accountId === undefined ? [] : [sql`account_id = ${accountId}`]),
    ...(range === undefined ? [] : [sql`id > ${range.after}`]),
    ...(range === undefined || range.upTo === null ? [] : [sql`id <= ${range.upTo}`]),
  ]
  const where = sql.join(conditions, sql` and `)
  const each = tables.map(
    (table) =>
      sql`${sql.table(table)} as (select * from ${schema}${sql.table(table)} where ${where})`,
  )
  return sql`with ${sql.join(each)}`
}
