import type Database from 'better-sqlite3'
import {
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql as rawSql,
} from 'kysely'
import type {
  CommandCall,
  Compiled,
  Outcome,
  PendingQuery,
  QueryBuilder,
  Row,
  Tables,
  TransactionBody,
} from '../db.ts'
import { SQLITE } from '../dialect.ts'
import { isBusy, isStorage } from './failures.ts'

/** Runs a query and returns its rows. */
export type Execute = (query: Compiled) => Row[]

/**
 * A unit of a commit threw its cause. All of them are rolled back and run again with savepoints, so that the others
 * succeed.
 */
export class UnitThrew extends Error {}

/** Runs units in the open transaction of a database. Each runs in one turn of the event loop. */
export type Units = {
  /** Runs a unit, each of its queries by `each`. */
  run<T>(this: void, unit: TransactionBody<T>, each?: Execute): T
  /** Runs calls without savepoints, those of one command as a batch. Returns their values. Throws `UnitThrew`. */
  runTogether(this: void, calls: readonly CommandCall[]): Map<CommandCall, unknown>
  /** Runs a call behind a savepoint: if it throws, only what it wrote is rolled back. */
  runAlone(this: void, call: CommandCall): Outcome
}

/** Returns what runs units on a database. */
export function openUnits(database: Database.Database, execute: Execute): Units {
  const builder = newBuilder()

  /** Runs the queries of a step of a unit, and the unit up to its next step. An error of the query is thrown in the unit. */
  const answer = <T>(unit: TransactionBody<T>, query: PendingQuery, each: Execute) => {
    let rows: Row[]
    try {
      const compiled = query(builder, rawSql, SQLITE)
      rows = 'sql' in compiled ? each(compiled) : compiled.flatMap(each)
    } catch (error) {
      return unit.throw(error)
    }
    return unit.next(rows)
  }

  const run = <T>(unit: TransactionBody<T>, each = execute): T => {
    let step = unit.next()
    while (step.done !== true) step = answer(unit, step.value, each)
    return step.value
  }

  /**
   * Rethrows an error after which a savepoint cannot be rolled back. On a disk error SQLite may have ended the whole
   * transaction.
   */
  const assertUndoable = (error: unknown): void => {
    if (isStorage(error) || isBusy(error) || !database.inTransaction) throw error
  }

  const runAlone = ({ command, args }: CommandCall): Outcome => {
    execute(SAVEPOINT)
    let outcome: Outcome
    try {
      outcome = { ok: true, value: run(command.single(args)) }
    } catch (error) {
      assertUndoable(error)
      execute(ROLLBACK_TO)
      outcome = { ok: false, error }
    }
    execute(RELEASE)
    return outcome
  }

  const runTogether = (calls: readonly CommandCall[]): Map<CommandCall, unknown> => {
    const values = new Map<CommandCall, unknown>()
    try {
      for (const same of byCommand(calls)) {
        const command = same.length > 1 ? same[0]?.command : undefined
        const together = command?.batch?.(same.map(({ args }) => args))
        const results = together && run(together)
        for (const [index, call] of same.entries())
          values.set(call, results ? results[index] : run(call.command.single(call.args)))
      }
      return values
    } catch (cause) {
      assertUndoable(cause)
      throw new UnitThrew('a unit threw', { cause })
    }
  }

  return { run, runTogether, runAlone }
}

/** Most commits on a machine with little to do are of one call. */
function byCommand(calls: readonly CommandCall[]): Iterable<readonly CommandCall[]> {
  return calls.length === 1 ? [calls] : Map.groupBy(calls, ({ command }) => command).values()
}

/**
 * Writes a parameter as `+?`, an expression with the same value. SQLite looks at the value of a plain `?` to choose a
 * plan, and so plans the query again at each run, which takes several times as long as the run.
 */
class Compiler extends SqliteQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '+?'
  }
}

const newBuilder = (): QueryBuilder =>
  new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new Compiler(),
    },
  })

const SAVEPOINT = { sql: 'savepoint unit', parameters: [] }
const ROLLBACK_TO = { sql: 'rollback to unit', parameters: [] }
const RELEASE = { sql: 'release unit', parameters: [] }
