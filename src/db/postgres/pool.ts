import { createHash } from 'node:crypto'
import pg from 'pg'
import type { PostgresLimits } from '../../config/postgres-limits.ts'

/** How much longer than a statement may take a response may, in milliseconds. After that the connection counts as lost. */
const RESPONSE_MS = 10_000
/** Most prepared statements of a connection. Reports use a few dozen, a paid call about thirty. */
const STATEMENTS_MAX = 500

const { INT8, NUMERIC } = pg.types.builtins

/**
 * Opens the connections to a server. A broken connection does not end the process: the query that uses it fails. No
 * setting belongs to a connection, as PgBouncer gives each transaction another one.
 */
export function openPool(url: string, limits: PostgresLimits): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'inkwell',
    max: limits.pool_max,
    connectionTimeoutMillis: limits.connect_ms,
    query_timeout: limits.statement_ms + RESPONSE_MS,
    keepAlive: true,
    allowExitOnIdle: true,
    pipeline: true, // a transaction begins in the same round trip as its first statement
    types: {
      getTypeParser: (type, format) =>
        type === INT8 || type === NUMERIC ? exact : pg.types.getTypeParser(type, format),
    },
  })
  const ignore = (): void => {}
  pool.on('error', ignore)
  pool.on('connect', (client) => client.on('error', ignore)) // a connection in use has no other listener
  return pool
}

/** Returns an amount as a number. Throws a `RangeError` if a number cannot hold it exactly. */
function exact(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError('an amount is too large to be exact')
  return value
}

export type StatementNames = {
  /** Returns the name to prepare a SQL text under; undefined if it must be parsed on each use. */
  of(sql: string): string | undefined
  /** Names nothing more: each transaction may get a connection on which others have prepared statements. */
  stop(): void
}

/**
 * Names SQL texts, up to a limit. A name is a hash of its text: where a pooler mixes connections up, it may be unknown
 * or taken, but never means another statement. The URL's `pgbouncer=true` gives no names.
 */
export function statementNames(url: string): StatementNames {
  const names = new Map<string, string>()
  let isOn = URL.parse(url)?.searchParams.get('pgbouncer') !== 'true'
  return {
    of: (sql) => {
      if (!isOn) return undefined
      const known = names.get(sql)
      if (known !== undefined || names.size >= STATEMENTS_MAX) return known
      const name = `inkwell_${createHash('sha256').update(sql).digest('hex').slice(0, 32)}`
      names.set(sql, name)
      return name
    },
    stop: () => void (isOn = false),
  }
}
