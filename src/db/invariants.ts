import type { Row, RawSql, TransactionBody } from './db.ts'
import type { Dialect } from './dialect.ts'

/** A broken invariant and the first row that breaks it. */
export type Difference = { invariant: string; row: Row }

/** Queries by the invariant they check. Each finds the rows that break it. The SQL is valid on both engines. */
export type Invariants = Readonly<Record<string, string>>

/** Checks these invariants in order. Returns the first difference, or null if there is none. */
export function* findBroken(invariants: Invariants): TransactionBody<Difference | null> {
  for (const [invariant, sql] of Object.entries(invariants)) {
    const [row] = yield () => ({ sql: `${sql} limit 1`, parameters: [] })
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

/** Returns the start of a query in which these tables have only the rows of a range. */
export function onlyRange(
  sql: RawSql,
  dialect: Dialect,
  tables: readonly string[],
  { after, upTo }: Range,
) {
  // SQLite takes the name inside for the query itself, unless it names the schema.
  const schema = sql.raw(dialect.name === 'sqlite' ? 'main.' : '')
  const each = tables.map(
    (table) => sql`${sql.table(table)} as (select * from ${schema}${sql.table(table)}
      where id > ${after} and (${upTo === null ? 1 : 0} = 1 or id <= ${upTo ?? ''}))`,
  )
  return sql`with ${sql.join(each)}`
}
