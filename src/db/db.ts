import type { Compilable, Kysely, Sql } from 'kysely'
import type { AccountTables } from './schema/accounts.ts'
import type { BillingTables } from './schema/billing.ts'
import type { GenerationTables } from './schema/generations.ts'
import { AppError } from '../errors.ts'
import type { LedgerTables } from './schema/ledger.ts'
import type { Dialect } from './dialect.ts'

export type Tables = LedgerTables & AccountTables & GenerationTables & BillingTables

/** Builds queries and compiles them for one engine. It never executes any. */
export type QueryBuilder = Kysely<Tables>
/** Raw SQL inside a query. The engine hands it in, so that no room loads the library at start-up. */
export type RawSql = Sql

export type Compiled = {
  sql: string
  parameters: readonly unknown[]
  /** It answers no rows, and the unit does not wait for it. That it failed shows at the next answer or in the commit. */
  pipelined?: true
}
export type Row = Record<string, unknown>

/** One query of a unit of work, still to be compiled for the engine that runs it. */
export type PendingQuery = (builder: QueryBuilder, sql: RawSql, dialect: Dialect) => Compiled

/**
 * A piece of a transaction, written as a generator that yields its queries: SQLite drives it to the end
 * in one synchronous turn, PostgreSQL asynchronously, from the same code. It must not await anything.
 */
export type Unit<T> = Generator<PendingQuery, T, Row[]>

/** A unit of work by name, so that an engine with many writers can do several of them as one set. */
export type Command<A, T> = {
  single(this: void, args: A): Unit<T>
  /**
   * Does all of them with as few statements as it would take for one, and answers for each what `one` would have.
   * Throws `NotAsSet` where some need to be decided singly: a refusal, a replay.
   */
  batch?(this: void, args: readonly A[]): Unit<T[]>
}

/** These members of a set, by their places in it, are to be done one by one; the others without them. */
export class NotBatchable extends Error {
  readonly members: readonly number[]

  constructor(members: readonly number[]) {
    super('to be done one by one')
    this.members = members
  }
}

/** Throws `NotAsSet` with those that do not fit, if any. */
export function requireBatchable<A>(
  members: readonly A[],
  fits: (member: A, place: number) => boolean,
): void {
  const apart = members.flatMap((member, place) => (fits(member, place) ? [] : [place]))
  if (apart.length > 0) throw new NotBatchable(apart)
}

/** A command with what it is to be done for. */
export type CommandCall = { command: Command<unknown, unknown>; args: unknown }
export type Outcome = { ok: true; value: unknown } | { ok: false; error: unknown }

/** Port to a database engine. */
export interface Engine {
  /** One writer: orders of any kind share its next transaction. Many: those of one command do, the others go alone. */
  readonly writers: 'one' | 'many'
  /**
   * Does the orders durably. One that throws undoes itself alone; its neighbours stand. Rejects with
   * `ledger_unavailable` where no transaction can be had or committed.
   */
  write(orders: readonly CommandCall[]): Promise<Outcome[]>
  /** Runs a unit of reads on one consistent state. */
  read(unit: () => Unit<unknown>): Promise<unknown>
  close(): Promise<void>
}

/** The opened database, as every room sees it. */
export type Db = {
  /** Runs a unit as a transaction. Where its commit is lost it is run again, so it must know what it did before. */
  write<T>(unit: () => Unit<T>): Promise<T>
  /** Runs a command as a transaction, or as part of one with others of its kind. */
  apply<A, T>(command: Command<A, T>, args: A): Promise<T>
  read<T>(unit: () => Unit<T>): Promise<T>
  close(): Promise<void>
}

/** Runs one query inside a unit; compiled anew each time, so for reports and odd jobs. */
export function* query<R>(
  build: (builder: QueryBuilder, sql: RawSql, dialect: Dialect) => Compilable<R>,
): Unit<R[]> {
  return (yield (...engine) => build(...engine).compile()) as R[]
}

type Value = string | number | null | readonly (string | number | null)[]
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
export function preparedQuery<P extends Record<string, Value> | readonly Value[], R>(
  build: (builder: QueryBuilder, parameters: P, sql: RawSql, dialect: Dialect) => Compilable<R>,
): (values: P) => Unit<R[]> {
  const compiled = new WeakMap<QueryBuilder, Compiled>()
  const names = new Proxy({}, { get: (_, name) => new Parameter(String(name)) }) as P
  return function* run(values): Unit<R[]> {
    return (yield (builder, sql, dialect) => {
      let made = compiled.get(builder)
      if (made === undefined) {
        compiled.set(builder, (made = build(builder, names, sql, dialect).compile()))
      }
      return {
        sql: made.sql,
        parameters: made.parameters.map((value) =>
          value instanceof Parameter ? values[value.name as keyof P] : value,
        ),
      }
    }) as R[]
  }
}

/**
 * As `statement`, for one whose answer nobody reads: on a server it is sent, and the unit goes on at once.
 * That it failed undoes the whole unit all the same.
 */
export function execute<P extends Record<string, Value>>(
  build: (builder: QueryBuilder, parameters: P, sql: RawSql, dialect: Dialect) => Compilable,
): (values: P) => Unit<void> {
  const loud = preparedQuery(build)
  return function* run(values): Unit<void> {
    const { value: step } = loud(values).next()
    if (typeof step === 'function') yield (...engine) => ({ ...step(...engine), pipelined: true })
  }
}

/** The first row, where the query promises at least one. A miss is a bug of ours. */
export function firstOrThrow<R>(rows: R[]): R {
  const [row] = rows
  if (row === undefined) throw new Error('a query that always finds a row found none')
  return row
}

/**
 * The parameters of a query as any engine takes them: PostgreSQL keeps no NUL character, so neither does
 * SQLite here. Throws `invalid_input` for a text that has one.
 */
export function rejectNul(parameters: readonly unknown[]): unknown[] {
  const isBroken = (value: unknown): boolean => typeof value === 'string' && value.includes('\0')
  if (!parameters.some(isBroken)) return [...parameters]
  throw new AppError('invalid_input', 'An id, key or name holds a NUL character.', {
    hint: 'Leave it out: none of ours has one.',
  })
}
