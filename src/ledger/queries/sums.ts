import { execute, type RawSql, type TransactionBody } from '../../db/db.ts'
import type { UsageDayTable } from '../../db/schema/ledger.ts'

/** A charge, or several of the same work, as the sums count it: generations, and micro-dollars. */
export type Sum = UsageDayTable & { session_id: string; month: string }

const WORK = ['key_id', 'model', 'operation', 'modality', 'billing'] as const

/** The tables of the sums that reports and the usage page read, each with its key, from the finest to the coarsest. */
export const SUMS = {
  usage_session_day: ['account_id', 'session_id', 'day', ...WORK],
  usage_day: ['account_id', 'day', ...WORK],
  usage_month: ['account_id', 'month', ...WORK],
} as const satisfies Record<string, readonly (keyof Sum)[]>

type SumTable = keyof typeof SUMS

/** The tables of the sums, in the order in which they are written. */
export const SUM_TABLES = Object.keys(SUMS) as SumTable[]

/** For each table of sums: the columns that a charge is written to. */
export const SUM_COLUMNS = eachSum((table) => [...SUMS[table], 'count', 'amount'] as const)

/** Returns the end of an insert into a table of sums, which adds to the row that is there. */
export function addedTo(sql: RawSql, table: SumTable) {
  const add = (column: string) => sql.raw(`${column} = ${table}.${column} + excluded.${column}`)
  return sql`on conflict (${sql.raw(SUMS[table].join(', '))}) do update set ${add('count')}, ${add('amount')}`
}

/** For each table of sums: adds charges to it. */
export const addTo = eachSum((table) =>
  execute((db, p: Sum, sql) => {
    const columns = SUM_COLUMNS[table]
    const values = sql.join(columns.map((column) => sql`${p[column]}`))
    const insert = sql`insert into ${sql.raw(`${table} (${columns.join(', ')})`)} values (${values}) ${addedTo(sql, table)}`
    return { compile: () => insert.compile(db) }
  }),
)

const takeFrom = eachSum((table) =>
  execute((db, p: Sum, sql) => {
    const key = SUMS[table].map((column) => sql`${sql.raw(column)} = ${p[column]}`)
    const update = sql`update ${sql.raw(table)} set count = count - cast(${p.count} as bigint), amount = amount - cast(${p.amount} as bigint)
      where ${sql.join(key, sql` and `)}`
    return { compile: () => update.compile(db) }
  }),
)

/** Adds a charge to all sums. */
export function* addToSums(sum: Sum): TransactionBody<void> {
  for (const table of SUM_TABLES) yield* addTo[table](sum)
}

/** Subtracts a refunded charge from all sums: from the day, the session and the month of the charge. */
export function* takeFromSums(sum: Sum): TransactionBody<void> {
  for (const table of SUM_TABLES) yield* takeFrom[table](sum)
}

/** Makes something for each table of sums. */
export function eachSum<T>(make: (table: SumTable) => T): Record<SumTable, T> {
  return Object.fromEntries(SUM_TABLES.map((table) => [table, make(table)])) as Record<SumTable, T>
}
