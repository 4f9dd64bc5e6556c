import { closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { AppError } from '../../errors.ts'
import { makeFolder } from '../../folder.ts'
import type { Engine } from '../db.ts'
import { SQLITE } from '../dialect.ts'
import { migrate } from '../migrations.ts'
import { isBusy, isStorage, unavailable } from './failures.ts'
import { rememberFiles } from './same-file.ts'
import { openSnapshot } from './snapshot.ts'
import { openStatements } from './statements.ts'
import { openUnits, UnitThrew, type Execute } from './units.ts'

/** How long a transaction waits for other processes on the same file, in milliseconds. */
const BUSY_DEADLINE_MS = 10_000
/** After how many pages the -wal file is copied into the ledger and written anew: 16 MB. Each time syncs both files. */
const CHECKPOINT_PAGES = 4_000
/** A waiting process sleeps a random time up to this, in milliseconds: the built-in busy handler starves some processes. */
const BUSY_SLEEP_MS = 3

/**
 * Opens a ledger on one SQLite file, shared by any number of processes. Every commit is synced to disk
 * (WAL with synchronous=FULL: the driver's default loses acknowledged commits in a power cut).
 * Throws `ledger_unavailable` if the file cannot be opened or is not a ledger.
 */
export async function openSqlite(file: string): Promise<Engine> {
  const database = await openFile(file)
  const { execute, read, forget } = openStatements(database)
  const files = rememberFiles(file)
  const units = openUnits(database, execute)
  const snapshot = openSnapshot(database, execute, forget)
  const engine: Engine = {
    writers: 'one',
    write: async (calls) => {
      files.checkBriefly()
      const commit = <T>(run: () => T): Promise<T> =>
        whenNotBusy(() => {
          snapshot.beforeWrite()
          return attempt(database, execute, run)
        })
      try {
        const values = await commit(() => units.runTogether(calls))
        return calls.map((call) => ({ ok: true, value: values.get(call) }))
      } catch (error) {
        if (!(error instanceof UnitThrew)) throw error
        if (calls.length === 1) return [{ ok: false, error: error.cause }]
        return await commit(() => calls.map(units.runAlone))
      }
    },
    read: (unit) => whenNotBusy(() => snapshot.read(() => units.run(unit(), read))),
    status: {
      check: async () => files.check(),
      time: async () => null,
      about: async () => null,
      pool: () => null,
    },
    close: async () => {
      snapshot.end()
      database.close()
    },
  }
  await migrate(engine, SQLITE)
  return engine
}

async function openFile(file: string): Promise<Database.Database> {
  try {
    await makeFolder(dirname(file))
    if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600)) // its -wal and -shm files get the same mode
    const database = new Database(file, { timeout: 0 })
    try {
      // If two processes create a file at once, SQLite refuses one of them this change without waiting.
      await whenNotBusy(() => database.pragma('journal_mode = WAL'))
      database.pragma('synchronous = FULL')
      database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
      return database
    } catch (error) {
      database.close()
      throw error
    }
  } catch (cause) {
    throw cause instanceof AppError ? cause : unavailable(cause)
  }
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

function attempt<T>(database: Database.Database, execute: Execute, body: () => T): T {
  execute({ sql: 'begin immediate', parameters: [] })
  try {
    const value = body()
    execute({ sql: 'commit', parameters: [] })
    return value
  } catch (error) {
    if (database.inTransaction) execute({ sql: 'rollback', parameters: [] })
    throw error
  }
}
