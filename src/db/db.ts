import type { Compilable, Kysely, Sql } from 'kysely'
import type { AccountTables } from './schema/accounts.ts'
import type { AlertTables } from './schema/alerts.ts'
import type { ApprovalTables } from './schema/approvals.ts'
import type { BillingTables } from './schema/billing.ts'
import type { ConnectTables } from './schema/connect.ts'
import type { GenerationTables } from './schema/generations.ts'
import { AppError } from '../errors.ts'
import type { LedgerTables } from './schema/ledger.ts'
import type { OperatorTables } from './schema/operator.ts'
import type { ReceiptTables } from './schema/receipts.ts'
import type { Dialect } from './dialect.ts'

export type Tables = LedgerTables &
  AccountTables &
  GenerationTables &
  ApprovalTables &
  BillingTables &
  OperatorTables &
  ConnectTables &
  AlertTables &
  ReceiptTables

/** Builds queries and compiles them for one engine. It never runs them. */
export type QueryBuilder = Kysely<Tables>
/** Raw SQL inside a query. The engine passes it in, so that nothing else loads Kysely at start-up. */
export type RawSql = Sql

/** A query as SQL text with its parameters, for one engine. */
export type Compiled = {
  sql: string
  parameters: readonly unknown[]
  /** Returns no rows and is not awaited. Its error appears at the next awaited query or at the commit. */
  pipelined?: true
}
/** A row of a result, by column name. */
export type Row = Record<string, unknown>

/** One query of a unit of work, or several whose rows are joined. The engine that runs them calls this to compile them. */
export type PendingQuery = (
  ...engine: [builder: QueryBuilder, sql: RawSql, dialect: Dialect]
) => Compiled | readonly Compiled[]

/**
 * A unit of work: a part of a transaction, written as a generator that yields its queries. SQLite runs it to the end
 * in one synchronous turn, PostgreSQL runs it asynchronously, from the same code. It must not await anything. A query
 * that fails throws where it is yielded.
 */
export type TransactionBody<T> = Generator<PendingQuery, T, Row[]>

/** A named unit of work. An engine with many writers can run several calls of one command as a batch. */
export type Command<A, T> = {
  single(this: void, args: A): TransactionBody<T>
  /**
   * Runs a batch with as many statements as `single` takes for one. Returns for each what `single` would return.
   * Throws `NotBatchable` if some must run one by one: a refusal, a replay.
   */
  batch?(this: void, args: readonly A[]): TransactionBody<T[]>
}

/** Some items of a batch must run one by one; the others can run again as a batch. `members` holds their indexes. */
export class NotBatchable extends Error {
  readonly members: readonly number[]

  constructor(members: readonly number[]) {
    super('to be done one by one')
    this.members = members
  }
}

/** Throws `NotBatchable` with the indexes of the members that do not fit, if any. */
export function requireBatchable<A>(
  members: readonly A[],
  fits: (member: A, index: number) => boolean,
): void {
  const unfit = members.flatMap((member, index) => (fits(member, index) ? [] : [index]))
  if (unfit.length > 0) throw new NotBatchable(unfit)
}

/** A command with its arguments. */
export type CommandCall = { command: Command<unknown, unknown>; args: unknown }
/** What a call returned or threw. */
export type Outcome = { ok: true; value: unknown } | { ok: false; error: unknown }

/** Port to a database engine. */
export interface Engine {
  /** With one writer, calls of any command share a transaction. With many, only calls of the same command do. */
  readonly writers: 'one' | 'many'
  /**
   * Runs the calls and commits them to disk. A call that throws is rolled back alone; the others are kept. Rejects
   * with `ledger_unavailable` if no transaction can begin or commit.
   */
  write(calls: readonly CommandCall[]): Promise<Outcome[]>
  /** Runs a unit of reads on one consistent snapshot. */
  read(unit: () => TransactionBody<unknown>): Promise<unknown>
  readonly status: Status
  close(): Promise<void>
}

/** What a database server is, and what of its protections and ours is off, as clauses for an operator. */
export type About = { engine: string; off: string[] }

/** What an engine knows about itself. */
type Status = {
  /** Throws `ledger_unavailable` if writes would not reach the ledger that was opened: its file was moved, say. */
  check(this: void): Promise<void>
  /** Returns the time of the database, in milliseconds since 1970; null if it has no clock of its own. */
  time(this: void): Promise<number | null>
  /** Returns what the server is; null for a file. */
  about(this: void): Promise<About | null>
  /** Returns the connections in use and the calls that wait for one; null without a pool. */
  pool(this: void): { used: number; waiting: number } | null
}

/** The open database, as the rest of the code sees it. */
export type Db = {
  /** Runs a unit as a transaction. After a lost commit it runs again, so it must recognise its own earlier writes. */
  write<T>(unit: () => TransactionBody<T>): Promise<T>
  /** Runs a command in a transaction, alone or in a batch with other calls of it. */
  apply<A, T>(command: Command<A, T>, args: A): Promise<T>
  /** Runs a unit of reads on one consistent snapshot. */
  read<T>(unit: () => TransactionBody<T>): Promise<T>
  readonly status: Status
  close(): Promise<void>
}

/** Runs one query inside a unit. It is compiled on each call, so use it only for reports and rare work. */
export function* query<R>(
  build: (builder: QueryBuilder, sql: RawSql, dialect: Dialect) => Compilable<R>,
): TransactionBody<R[]> {
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
 * A query with named or numbered parameters. It is compiled once per engine, for use in every paid call:
 * `const find = preparedQuery((db, p: { id: string }) => db.selectFrom('hold').where('id', '=', p.id)…)`.
 */
export function preparedQuery<P extends Values, R>(
  build: Build<P, Compilable<R>>,
): (values: P) => TransactionBody<R[]> {
  const bind = binder(build)
  return function* run(values): TransactionBody<R[]> {
    return (yield bind(values)) as R[]
  }
}

/**
 * As `preparedQuery`, for a statement without a result: PostgreSQL sends it and the unit continues at once.
 * If it fails, the whole unit is rolled back all the same.
 */
export function execute<P extends Values>(
  build: Build<P, Compilable>,
): (values: P) => TransactionBody<void> {
  const bind = binder(build, { pipelined: true })
  return function* run(values): TransactionBody<void> {
    yield bind(values)
  }
}

type Values = Record<string, Value> | readonly Value[]
type Build<P, C> = (builder: QueryBuilder, parameters: P, sql: RawSql, dialect: Dialect) => C

/** A compiled query, and for each of its parameters the name of its value; null for one that is fixed. */
type Template = Compiled & { names: readonly (string | null)[] }

/** Compiles a query at its first use by an engine. Returns what gives it values. */
function binder<P extends Values>(
  build: Build<P, Compilable>,
  more: { pipelined?: true } = {},
): (values: P) => PendingQuery {
  const compiled = new WeakMap<QueryBuilder, Template>()
  const names = new Proxy({}, { get: (_, name) => new Parameter(String(name)) }) as P
  const compile = (...[builder, sql, dialect]: Parameters<PendingQuery>): Template => {
    const { sql: text, parameters } = build(builder, names, sql, dialect).compile()
    const nameOf = (parameter: unknown) => (parameter instanceof Parameter ? parameter.name : null)
    return { sql: text, parameters, names: parameters.map(nameOf) }
  }
  return (values) => (builder, sql, dialect) => {
    let made = compiled.get(builder)
    if (made === undefined) compiled.set(builder, (made = compile(builder, sql, dialect)))
    const fixed = made.parameters
    const parameters = made.names.map((name, index) =>
      name === null ? fixed[index] : values[name as keyof P],
    )
    return { sql: made.sql, parameters, ...more }
  }
}

/**
 * Returns a query for many rows. PostgreSQL runs `together`, one statement with the rows as a JSON parameter, because each
 * statement is a message there. SQLite runs `single` for each row, which takes a third of the time of reading JSON.
 */
export function forRows<P extends object, R>(
  single: (row: P) => TransactionBody<R>,
  together: (values: { rows: string }) => TransactionBody<R>,
): (rows: readonly P[]) => TransactionBody<R> {
  return function* run(rows): TransactionBody<R> {
    return (yield (...engine) =>
      engine[2].rowsTogether
        ? compiledOf(together({ rows: JSON.stringify(rows) }), engine)
        : rows.flatMap((row) => compiledOf(single(row), engine))) as R
  }
}

/** Returns the query of a unit of one query. */
function compiledOf(unit: TransactionBody<unknown>, engine: Parameters<PendingQuery>) {
  const { value: step } = unit.next() as IteratorYieldResult<PendingQuery>
  return step(...engine)
}

/** Returns the first row of a query that always finds one. Throws if there is none: that is a bug. */
export function firstOrThrow<R>(rows: R[]): R {
  const [row] = rows
  if (row === undefined) throw new Error('a query that always finds a row found none')
  return row
}

/**
 * Returns the parameters of a query. Throws `invalid_input` for a text with a NUL character: PostgreSQL cannot
 * store one, and both engines have to behave the same.
 */
export function rejectNul(parameters: readonly unknown[]): readonly unknown[] {
  const isBroken = (value: unknown): boolean => typeof value === 'string' && value.includes('\0')
  if (!parameters.some(isBroken)) return parameters
  throw new AppError('invalid_input', 'An id, key or name holds a NUL character.', {
    hint: 'Leave it out: none of ours has one.',
  })
}
