import { closeSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import type pg from 'pg'
import {
  type RateLimiterAbstract,
  RateLimiterPostgres,
  type RateLimiterRes,
  RateLimiterSQLite,
} from 'rate-limiter-flexible'
import { createdOnce, isUnsupported } from '../db/sqlstate.ts'
import { AppError, codeOf } from '../errors.ts'
import { makeFolder } from '../folder.ts'
import type { CallCounter, Count } from './call-limit.ts'
import { openRenewed } from './rate-limiter/renewed.ts'

/** Counts per minute, one row per subject, without a limit: `createCallLimit` sets the limit. */
const OPTIONS = {
  tableName: 'call_count',
  points: Number.MAX_SAFE_INTEGER,
  duration: 60,
  keyPrefix: '',
}
const TABLE = `table if not exists ${OPTIONS.tableName}
  (key text primary key, points integer not null default 0, expire bigint)`
/** How long a count waits for other processes or the network, in milliseconds. */
const BUSY_MS = 2_000
/** How often and how long a query is repeated, and the failures (SQLSTATE) after which it is. */
const RETRIES = {
  retries: 20,
  minTimeout: 20,
  maxTimeout: 500,
  maxRetryTime: 5_000,
  randomize: true,
}
const TRANSIENT = /^(40001|40P01|57P0[1-5]|25006|53300|08...)$/

/**
 * Opens counts in a separate SQLite file beside the ledger. They are not money, so a power cut may lose the last
 * ones. They never wait for the disk and never delay a charge. A damaged file is renamed and made anew: `onDamaged`
 * gets the new name of the old one. Throws `ledger_unavailable`.
 */
export async function openSqliteCounter(
  file: string,
  onDamaged: (movedTo: string) => void,
): Promise<CallCounter> {
  return await openRenewed(file, () => openSound(file), onDamaged)
}

async function openSound(file: string): Promise<CallCounter> {
  const database = await openFile(file)
  const options = {
    ...OPTIONS,
    storeClient: withStatementCache(database),
    storeType: 'better-sqlite3',
  }
  try {
    const limiter = await ready((done) => new RateLimiterSQLite(options, done))
    return {
      ...counter(limiter, async () => void database.close()),
      read: readerOf(database),
    }
  } catch (error) {
    database.close()
    throw error
  }
}

async function openFile(file: string): Promise<Database.Database> {
  try {
    await makeFolder(dirname(file))
    closeSync(openSync(file, 'a', 0o600))
    const database = new Database(file, { timeout: BUSY_MS })
    try {
      database.pragma('journal_mode = WAL')
      database.pragma('synchronous = OFF')
      return database
    } catch (error) {
      database.close()
      throw error
    }
  } catch (cause) {
    throw unavailable(cause)
  }
}

/** What the library uses of a database, with each statement prepared once: the library prepares it for every count. */
function withStatementCache(database: Database.Database) {
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

/** Each answer over HTTP tells the count of its key. The library's own reading of it takes several times as long. */
function readerOf(database: Database.Database): CallCounter['read'] {
  const select = database.prepare<[string, number], { points: number; expire: number }>(
    `select points, expire from ${OPTIONS.tableName} where key = ? and expire > ?`,
  )
  return async (subject) => {
    try {
      const now = Date.now()
      const row = select.get(subject, now)
      return row === undefined
        ? { used: 0, resetsInMs: 0 }
        : { used: row.points, resetsInMs: row.expire - now }
    } catch (cause) {
      throw unavailable(cause)
    }
  }
}

/** Opens counts in a table beside the ledger's, for all its servers. Never waits for the disk. Throws `ledger_unavailable`. */
export async function openPostgresCounter(url: string): Promise<CallCounter> {
  const { Pool } = (await import('pg')).default
  const pool = new Pool({
    connectionString: url,
    application_name: 'inkwell limits',
    max: 2,
    connectionTimeoutMillis: BUSY_MS,
    query_timeout: BUSY_MS,
    allowExitOnIdle: true,
  })
  const ignore = (): void => {} // the error also rejects the query that it affects
  pool.on('error', ignore)
  pool.on('connect', (client) => client.on('error', ignore))
  await retried(() => createTable(pool)).catch(async (error: unknown) => {
    await pool.end()
    throw unavailable(error)
  })
  // The library names its statements, which PgBouncer mixes up.
  const storeClient = {
    query: ({ text, values = [] }: pg.QueryConfig<unknown[]>) =>
      retried(() => pool.query({ text, values })),
  }
  const options = { ...OPTIONS, storeClient, storeType: 'pool', tableCreated: true }
  const limiter = await ready((done) => new RateLimiterPostgres(options, done))
  let closing: Promise<void> | undefined
  return counter(limiter, () => (closing ??= pool.end()))
}

/** Repeats a query while the server stops, fails over or asks for it. A count may be added twice, which harms nobody. */
async function retried<T>(query: () => Promise<T>): Promise<T> {
  const [{ default: pRetry }, { default: pg }] = await Promise.all([
    import('p-retry'),
    import('pg'),
  ])
  const isTransient = (error: unknown): boolean =>
    !(error instanceof pg.DatabaseError) || TRANSIENT.test(codeOf(error))
  return await pRetry(query, { ...RETRIES, shouldRetry: ({ error }) => isTransient(error) })
}

/**
 * Creates the table, unlogged where the engine knows that: a database that crashes then loses the counts of a minute at
 * most. Several servers may do it at once.
 */
async function createTable(pool: pg.Pool): Promise<void> {
  const create = (kind: string) => createdOnce(() => pool.query(`create ${kind}${TABLE}`))
  await create('unlogged ').catch(async (error: unknown) => {
    if (!isUnsupported(error)) throw error
    await create('')
  })
}

/** Creates a limiter and waits until its table exists. */
function ready<T>(make: (done: (error?: Error) => void) => T): Promise<T> {
  return new Promise((resolve, reject) => {
    const made: T = make((error) => {
      if (error === undefined) setImmediate(() => resolve(made))
      else reject(unavailable(error))
    })
  })
}

function counter(limiter: RateLimiterAbstract, close: () => Promise<void>): CallCounter {
  const request = async (send: () => Promise<RateLimiterRes | null>): Promise<Count> => {
    try {
      return countOf(await send())
    } catch (cause) {
      throw unavailable(cause)
    }
  }
  return {
    add: (subject) => request(() => limiter.consume(subject)),
    read: (subject) => request(() => limiter.get(subject)),
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
    hint: 'Try again in a moment, or tell the operator of this server.',
    localHint:
      'Check that the ledger can be reached and written; `inkwell doctor` shows where it is.',
    cause,
  })
}
