import { closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import {
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql as rawSql,
} from 'kysely'
import { AppError } from '../../errors.ts'
import { makeFolder } from '../../folder.ts'
import {
  rejectNul,
  type Compiled,
  type Engine,
  type CommandCall,
  type Outcome,
  type PendingQuery,
  type QueryBuilder,
  type Row,
  type Tables,
  type TransactionBody,
} from '../db.ts'
import { SQLITE } from '../dialect.ts'
import { migrate } from '../migrations.ts'
import { isBusy, isStorage, unavailable } from './failures.ts'
import { rememberFiles } from './same-file.ts'

/** How long a transaction waits for other processes on the same file, in milliseconds. */
const BUSY_DEADLINE_MS = 10_000
/** A waiting process sleeps a random time up to this, in milliseconds: the built-in busy handler starves some processes. */
const BUSY_SLEEP_MS = 3
/** Most prepared statements. Reports use a few dozen, a paid call about fifteen. */
const STATEMENTS_MAX = 500

/**
 * Opens a ledger on one SQLite file, shared by any number of processes. Every commit is synced to disk
 * (WAL with synchronous=FULL: the driver's default loses acknowledged commits in a power cut).
 * Throws `ledger_unavailable` if the file cannot be opened or is not a ledger.
 */
export async function openSqlite(file: string): Promise<Engine> {
  const database = await openFile(file)
  const builder = newBuilder()
  const execute = executor(database)
  const assertSameFiles = rememberFiles(file)

  /** Runs the queries of a step of a unit, and the unit up to its next step. An error of the query is thrown in the unit. */
  const answer = <T>(unit: TransactionBody<T>, query: PendingQuery) => {
    let rows: Row[]
    try {
      rows = [query(builder, rawSql, SQLITE)].flat().flatMap(execute)
    } catch (error) {
      return unit.throw(error)
    }
    return unit.next(rows)
  }

  /** Runs a unit to its end in this turn of the event loop, so nothing else in this process runs in between. */
  const drive = <T>(unit: TransactionBody<T>): T => {
    let step = unit.next()
    while (step.done !== true) step = answer(unit, step.value)
    return step.value
  }

  /**
   * Rethrows an error after which a savepoint cannot be rolled back. On a disk error SQLite may have ended the whole
   * transaction.
   */
  const assertUndoable = (error: unknown): void => {
    if (isStorage(error) || isBusy(error) || !database.inTransaction) throw error
  }

  const apply = ({ command, args }: CommandCall): Outcome => {
    execute(SAVEPOINT)
    let outcome: Outcome
    try {
      outcome = { ok: true, value: drive(command.single(args)) }
    } catch (error) {
      assertUndoable(error)
      execute(ROLLBACK_TO)
      outcome = { ok: false, error }
    }
    execute(RELEASE)
    return outcome
  }

  /** Without savepoints, and calls of one command as a batch: most have no refusal. Returns the values by call. */
  const applyAll = (calls: readonly CommandCall[]): Map<CommandCall, unknown> => {
    const values = new Map<CommandCall, unknown>()
    try {
      for (const [command, same] of Map.groupBy(calls, (call) => call.command)) {
        const together = same.length > 1 ? command.batch?.(same.map(({ args }) => args)) : undefined
        const results = together && drive(together)
        for (const [index, call] of same.entries())
          values.set(call, results ? results[index] : drive(command.single(call.args)))
      }
      return values
    } catch (error) {
      assertUndoable(error)
      throw new UnitThrew()
    }
  }

  const engine: Engine = {
    writers: 'one',
    write: async (calls) => {
      assertSameFiles()
      const commit = <T>(run: () => T): Promise<T> => transact(database, execute, 'immediate', run)
      try {
        const values = await commit(() => applyAll(calls))
        return calls.map((call) => ({ ok: true, value: values.get(call) }))
      } catch (error) {
        if (!(error instanceof UnitThrew)) throw error
        return await commit(() => calls.map(apply))
      }
    },
    read: (unit) => transact(database, execute, 'deferred', () => drive(unit())),
    status: {
      check: async () => assertSameFiles(),
      time: async () => null,
      about: async () => null,
      pool: () => null,
    },
    close: async () => void database.close(),
  }
  await migrate(engine, SQLITE)
  return engine
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

/** A unit of a batch threw. The batch is rolled back and runs again with savepoints, so that the others succeed. */
class UnitThrew extends Error {}

const SAVEPOINT = { sql: 'savepoint unit', parameters: [] }
const ROLLBACK_TO = { sql: 'rollback to unit', parameters: [] }
const RELEASE = { sql: 'release unit', parameters: [] }

type Execute = (query: Compiled) => Row[]

async function openFile(file: string): Promise<Database.Database> {
  try {
    await makeFolder(dirname(file))
    if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600)) // its -wal and -shm files get the same mode
    const database = new Database(file, { timeout: 0 })
    try {
      // If two processes create a file at once, SQLite refuses one of them this change without waiting.
      await whenNotBusy(() => database.pragma('journal_mode = WAL'))
      database.pragma('synchronous = FULL')
      return database
    } catch (error) {
      database.close()
      throw error
    }
  } catch (cause) {
    throw cause instanceof AppError ? cause : unavailable(cause)
  }
}

function executor(database: Database.Database): Execute {
  const statements = new Map<string, Database.Statement>()
  return ({ sql, parameters }) => {
    let prepared = statements.get(sql)
    if (prepared === undefined) {
      if (statements.size >= STATEMENTS_MAX) statements.clear()
      statements.set(sql, (prepared = database.prepare(sql)))
    }
    const values = rejectNul(parameters)
    if (prepared.reader) return prepared.all(...values) as Row[]
    prepared.run(...values)
    return []
  }
}

function transact<T>(
  database: Database.Database,
  execute: Execute,
  kind: 'immediate' | 'deferred',
  body: () => T,
): Promise<T> {
  return whenNotBusy(() => attempt(database, execute, kind, body))
}

/** Retries while another process locks the file. Throws `ledger_unavailable` at the deadline and on a disk error. */
async function whenNotBusy<T>(action: () => T): Promise<T> {
  const giveUpAt = performance.now() + BUSY_DEADLINE_MS
  for (;;) {
    try {
      return action()
    } catch (error) {
      if (!isBusy(error)) throw isStorage(error) ? unavailable(error) : error
      if (performance.now() > giveUpAt) throw unavailable(error)
    }
    await sleep(Math.random() * BUSY_SLEEP_MS)
  }
}

function attempt<T>(database: Database.Database, execute: Execute, kind: string, body: () => T): T {
  execute({ sql: `begin ${kind}`, parameters: [] })
  try {
    const value = body()
    execute({ sql: 'commit', parameters: [] })
    return value
  } catch (error) {
    if (database.inTransaction) execute({ sql: 'rollback', parameters: [] })
    throw error
  }
}
