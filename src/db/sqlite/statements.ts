import type Database from 'better-sqlite3'
import { rejectNul, type Compiled, type Row } from '../db.ts'
import type { Execute } from './units.ts'

/** Most prepared statements. Reports use a few dozen, a paid call about fifteen. */
const STATEMENTS_MAX = 500
/** Most results that are kept, and how long they and their parameters may be together, in characters. */
const RESULTS_MAX = 2_000
const CHARACTERS_MAX = 4_000_000
/** Longer results are not kept: whoever reads many rows seldom reads the same ones again. */
const ROWS_MAX = 200

/** The statements of a database. */
type Statements = {
  execute: Execute
  /** As `execute`, for reads. A read that was run since `forget` is not run again. */
  read: Execute
  forget(this: void): void
}

type Prepared = { statement: Database.Statement; hasRows: boolean; isRead: boolean }

/**
 * Prepares each statement once. Rows of a read are frozen and handed out again for the same parameters, until they are
 * forgotten. So a read must not ask for chance or the time: the time is a parameter.
 */
export function openStatements(database: Database.Database): Statements {
  const statements = new Map<string, Prepared>()
  const results = new Map<string, Map<string, Row[]>>()
  let kept = { results: 0, characters: 0 }

  const prepare = (sql: string): Prepared => {
    if (statements.size >= STATEMENTS_MAX) statements.clear()
    const statement = database.prepare(sql)
    const isRead = statement.readonly && /^\s*(select|with)\b/i.test(sql)
    const prepared = { statement, hasRows: statement.reader, isRead }
    statements.set(sql, prepared)
    return prepared
  }
  const run = ({ statement, hasRows }: Prepared, parameters: Compiled['parameters']): Row[] => {
    const values = rejectNul(parameters)
    if (hasRows) return statement.all(...values) as Row[]
    statement.run(...values)
    return NO_ROWS
  }
  const preparedOf = (sql: string): Prepared => statements.get(sql) ?? prepare(sql)
  const forget = (): void => {
    if (kept.results === 0) return
    results.clear()
    kept = { results: 0, characters: 0 }
  }

  return {
    forget,
    execute: ({ sql, parameters }) => run(preparedOf(sql), parameters),
    read: ({ sql, parameters }) => {
      const prepared = preparedOf(sql)
      const key = prepared.isRead ? keyOf(parameters) : null
      const known = key === null ? undefined : results.get(sql)?.get(key)
      if (known !== undefined) return known
      const rows = run(prepared, parameters)
      if (key === null || rows.length > ROWS_MAX) return rows
      kept.results += 1
      kept.characters += key.length + frozen(rows)
      if (kept.results > RESULTS_MAX || kept.characters > CHARACTERS_MAX) forget()
      else results.set(sql, (results.get(sql) ?? new Map<string, Row[]>()).set(key, rows))
      return rows
    },
  }
}

const NO_ROWS: Row[] = []

/** Returns what tells parameters from all others; null for bytes. No text has a NUL, and only a text begins with a quote. */
function keyOf(parameters: Compiled['parameters']): string | null {
  let key = ''
  for (const value of parameters) {
    if (typeof value === 'object' && value !== null) return null
    key += typeof value === 'string' ? `"${value}\0` : `${String(value)}\0`
  }
  return key
}

/** Freezes rows, because several will have them. Returns how long they are, in characters. */
function frozen(rows: Row[]): number {
  let characters = 0
  for (const row of Object.freeze(rows)) {
    for (const name in row) {
      const value = row[name]
      characters += typeof value === 'string' ? value.length : 8
    }
    Object.freeze(row)
  }
  return characters
}
