import type { Compilable, Kysely, Sql } from 'kysely'
import type { AccountTables } from '../accounts/schema.ts'
import type { GenerationTables } from '../generations/schema.ts'
import type { LedgerTables } from '../ledger/schema.ts'

export type Tables = LedgerTables & AccountTables & GenerationTables

/** Builds queries and compiles them for one engine. It never executes any. */
export type QueryBuilder = Kysely<Tables>
/** Raw SQL inside a query. The engine hands it in, so that no room loads the library at start-up. */
export type RawSql = Sql

export type Compiled = { sql: string; parameters: readonly unknown[] }
export type Row = Record<string, unknown>

/** One query of a unit of work, still to be compiled for the engine that runs it. */
export type Step = (builder: QueryBuilder, sql: RawSql) => Compiled

/**
 * A piece of a transaction, written as a generator that yields its queries: SQLite drives it to the end
 * in one synchronous turn, PostgreSQL asynchronously, from the same code. It must not await anything.
 */
export type Unit<T> = Generator<Step, T, Row[]>

export type Outcome = { ok: true; value: unknown } | { ok: false; error: unknown }

/** Port to a database engine. */
export interface Engine {
  /**
   * Runs the units in one durable transaction. A unit that throws undoes itself alone; its neighbours
   * stand. Rejects with `ledger_unavailable`, nothing written, where the transaction cannot be had or committed.
   */
  write(units: readonly (() => Unit<unknown>)[]): Promise<Outcome[]>
  /** Runs a unit of reads on one consistent state. */
  read(unit: () => Unit<unknown>): Promise<unknown>
  close(): Promise<void>
}

/** The opened database, as every room sees it. */
export type Db = {
  write<T>(unit: () => Unit<T>): Promise<T>
  read<T>(unit: () => Unit<T>): Promise<T>
  close(): Promise<void>
}

/** Runs one query inside a unit; compiled anew each time, so for reports and odd jobs. */
export function* query<R>(build: (builder: QueryBuilder, sql: RawSql) => Compilable<R>): Unit<R[]> {
  return (yield (builder, sql) => build(builder, sql).compile()) as R[]
}

type Value = string | number | null
class Parameter {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/**
 * A query with named or numbered parameters that is compiled once per engine, for the path of every paid call:
 * `const find = statement((db, p: { id: string }) => db.selectFrom('hold').where('id', '=', p.id)…)`.
 */
export function statement<P extends Record<string, Value> | readonly Value[], R>(
  build: (builder: QueryBuilder, parameters: P, sql: RawSql) => Compilable<R>,
): (values: P) => Unit<R[]> {
  const compiled = new WeakMap<QueryBuilder, Compiled>()
  const names = new Proxy({}, { get: (_, name) => new Parameter(String(name)) }) as P
  return function* run(values): Unit<R[]> {
    return (yield (builder, sql) => {
      let made = compiled.get(builder)
      if (made === undefined) compiled.set(builder, (made = build(builder, names, sql).compile()))
      return {
        sql: made.sql,
        parameters: made.parameters.map((value) =>
          value instanceof Parameter ? values[value.name as keyof P] : value,
        ),
      }
    }) as R[]
  }
}

/** The first row, where the query promises at least one. A miss is a bug of ours. */
export function one<R>(rows: R[]): R {
  const [row] = rows
  if (row === undefined) throw new Error('a query that always finds a row found none')
  return row
}
