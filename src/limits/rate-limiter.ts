import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import {
  RateLimiterMemory,
  RateLimiterPostgres,
  type RateLimiterRes,
  RateLimiterSQLite,
  type RateLimiterStoreAbstract,
} from 'rate-limiter-flexible'
import type { CallCounter, Count } from './call-limit.ts'

/** One row a key, for ever: it counts, and what is too much is said in one place. */
const WINDOW = { points: Number.MAX_SAFE_INTEGER, duration: 60, keyPrefix: '' }
const TABLE = 'call_count'
/** How long a count waits for other processes on the same file, in milliseconds. */
const BUSY_MS = 2_000

/**
 * Counts in a SQLite file of their own beside the ledger: they are no money, so a power cut may lose the
 * last of them, and they never wait for the disk nor stand in the way of a charge.
 */
export async function openSqliteCounter(file: string): Promise<CallCounter> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  closeSync(openSync(file, 'a', 0o600))
  const database = new Database(file, { timeout: BUSY_MS })
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = OFF')
  const limiter = await new Promise<RateLimiterSQLite>((resolve, reject) => {
    const made: RateLimiterSQLite = new RateLimiterSQLite(
      {
        storeClient: database,
        storeType: 'better-sqlite3',
        tableName: TABLE,
        ...WINDOW,
      },
      (error?: Error) => (error === undefined ? setImmediate(() => resolve(made)) : reject(error)),
    )
  })
  return counterOf(limiter, async () => void database.close())
}

/** Servers that start at once make it one after another. It is not logged: a crash of the server forgets a minute. */
const CREATE = `select pg_advisory_xact_lock(hashtext('${TABLE}'));
  create unlogged table if not exists ${TABLE} (key text primary key, points integer not null default 0, expire bigint)`

/**
 * Counts in a table of the ledger's PostgreSQL database, for all servers on it. While it cannot be reached
 * each process counts for itself.
 */
export async function openPostgresCounter(url: string): Promise<CallCounter> {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'inkwell limits',
    max: 2,
    connectionTimeoutMillis: BUSY_MS,
    query_timeout: BUSY_MS,
    allowExitOnIdle: true,
  })
  const ignore = (): void => {}
  pool.on('error', ignore)
  pool.on('connect', (client) => client.on('error', ignore))
  try {
    await pool.query(CREATE)
  } catch (error) {
    await pool.end()
    throw error
  }
  const limiter = new RateLimiterPostgres({
    storeClient: pool,
    storeType: 'pool',
    tableName: TABLE,
    tableCreated: true,
    clearExpiredByTimeout: false,
    insuranceLimiter: new RateLimiterMemory(WINDOW),
    ...WINDOW,
  })
  let closing: Promise<void> | undefined
  return counterOf(limiter, () => (closing ??= pool.end()))
}

function counterOf(limiter: RateLimiterStoreAbstract, close: () => Promise<void>): CallCounter {
  return {
    add: async (subject) => countOf(await limiter.consume(subject)),
    read: async (subject) => countOf(await limiter.get(subject)),
    close,
  }
}

function countOf(result: RateLimiterRes | null): Count {
  return result === null
    ? { used: 0, resetsInMs: 0 }
    : { used: result.consumedPoints, resetsInMs: result.msBeforeNext }
}
