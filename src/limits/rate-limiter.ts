import { closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import {
  type RateLimiterAbstract,
  RateLimiterPostgres,
  type RateLimiterRes,
  RateLimiterSQLite,
} from 'rate-limiter-flexible'
import { AppError } from '../errors.ts'
import { makeFolder } from '../folder.ts'
import type { CallCounter, Count } from './call-limit.ts'

/** It counts a minute, one row a key, for ever; what is too much is said in one place, and not here. */
const OPTIONS = {
  tableName: 'call_count',
  points: Number.MAX_SAFE_INTEGER,
  duration: 60,
  keyPrefix: '',
}
/** Servers that start at once make it one after another. It is not logged: a crash of the server forgets a minute. */
const CREATE = `select pg_advisory_xact_lock(hashtext('${OPTIONS.tableName}'));
  create unlogged table if not exists ${OPTIONS.tableName}
    (key text primary key, points integer not null default 0, expire bigint)`
/** How long a count waits for other processes or the network, in milliseconds. */
const BUSY_MS = 2_000

/**
 * Counts in a SQLite file of their own beside the ledger: they are no money, so a power cut may lose the
 * last of them, and they never wait for the disk nor stand in the way of a charge.
 */
export async function openSqliteCounter(file: string): Promise<CallCounter> {
  const database = await openFile(file)
  const options = { ...OPTIONS, storeClient: preparingOnce(database), storeType: 'better-sqlite3' }
  const limiter = await ready((done) => new RateLimiterSQLite(options, done))
  return counter(limiter, async () => void database.close())
}

async function openFile(file: string): Promise<Database.Database> {
  try {
    await makeFolder(dirname(file))
    closeSync(openSync(file, 'a', 0o600))
    const database = new Database(file, { timeout: BUSY_MS })
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = OFF')
    return database
  } catch (cause) {
    throw unavailable(cause)
  }
}

/** As the library uses a database, but with each of its few statements prepared once: it asks with every count. */
function preparingOnce(database: Database.Database) {
  const statements = new Map<string, Database.Statement>()
  return {
    prepare: (sql: string): Database.Statement => {
      const known = statements.get(sql) ?? database.prepare(sql)
      statements.set(sql, known)
      return known
    },
    transaction: <T>(body: () => T) => database.transaction(body),
  }
}

/** Counts in a table beside the ledger's, for all servers on it; nothing waits for the disk. */
export async function openPostgresCounter(url: string): Promise<CallCounter> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'inkwell limits',
    max: 2,
    connectionTimeoutMillis: BUSY_MS,
    query_timeout: BUSY_MS,
    allowExitOnIdle: true,
  })
  const ignore = (): void => {} // it shows in the query that it breaks
  pool.on('error', ignore)
  pool.on('connect', (client) => client.on('error', ignore))
  await pool.query(CREATE).catch(async (error: unknown) => {
    await pool.end()
    throw unavailable(error)
  })
  const options = { ...OPTIONS, storeClient: pool, storeType: 'pool', tableCreated: true }
  const limiter = await ready((done) => new RateLimiterPostgres(options, done))
  let closing: Promise<void> | undefined
  return counter(limiter, () => (closing ??= pool.end()))
}

/** A limiter once its table is there. */
function ready<T>(make: (done: (error?: Error) => void) => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const made: T = make((error) => {
      if (error === undefined) setImmediate(() => resolve(made))
      else reject(unavailable(error))
    })
  })
}

function counter(limiter: RateLimiterAbstract, close: () => Promise<void>): CallCounter {
  const ask = async (answer: () => Promise<RateLimiterRes | null>): Promise<Count> => {
    try {
      return countOf(await answer())
    } catch (cause) {
      throw unavailable(cause)
    }
  }
  return {
    add: (subject) => ask(() => limiter.consume(subject)),
    read: (subject) => ask(() => limiter.get(subject)),
    close,
  }
}

function countOf(result: RateLimiterRes | null): Count {
  return result === null
    ? { used: 0, resetsInMs: 0 }
    : { used: result.consumedPoints, resetsInMs: result.msBeforeNext }
}

function unavailable(cause: unknown): AppError {
  const message = 'The count of calls a minute could not be kept; nothing was charged.'
  return new AppError('ledger_unavailable', message, {
    hint: 'Try again in a moment, or tell whoever runs this server.',
    localHint:
      'Check that the ledger can be reached and written; `inkwell doctor` shows where it is.',
    cause,
  })
}
