import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { type RateLimiterRes, RateLimiterSQLite } from 'rate-limiter-flexible'
import type { CallCounter, Count } from './call-limit.ts'

const WINDOW_SECONDS = 60
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
        points: Number.MAX_SAFE_INTEGER, // one row a key, for ever: it counts, and what is too much is said in one place
        duration: WINDOW_SECONDS,
        keyPrefix: '',
      },
      (error?: Error) => (error === undefined ? setImmediate(() => resolve(made)) : reject(error)),
    )
  })
  return {
    add: async (subject) => countOf(await limiter.consume(subject)),
    read: async (subject) => countOf(await limiter.get(subject)),
    close: async () => void database.close(),
  }
}

function countOf(result: RateLimiterRes | null): Count {
  return result === null
    ? { used: 0, resetsInMs: 0 }
    : { used: result.consumedPoints, resetsInMs: result.msBeforeNext }
}
