import pg from 'pg'

/** Connections of one process: eight processes stay below the 100 that PostgreSQL allows by default. */
const POOL_MAX = 10
/** How long to wait for a connection, in milliseconds. */
const CONNECT_MS = 5_000
/** Longest wait for a row that another transaction has locked, in milliseconds. */
const LOCK_MS = 5_000
/** Longest time for one statement of a write, in milliseconds. */
const STATEMENT_MS = 10_000
/** Longest idle time of an open transaction, in milliseconds: a frozen process must not keep an account locked. */
const IDLE_IN_TRANSACTION_MS = 10_000
/** Longest wait for a response, in milliseconds. After that the connection counts as lost. */
const RESPONSE_MS = 20_000
/** Most prepared statements of a connection. Reports use a few dozen, a paid call about thirty. */
const STATEMENTS_MAX = 500

/**
 * Writes find their rows by key. A plan made for a small table would scan all of it, and PostgreSQL would keep that
 * plan while the table grows.
 */
const NO_SEQUENTIAL_SCANS = 'set enable_seqscan = off'

const { INT8, NUMERIC } = pg.types.builtins

/** Opens the connections to a server. A broken connection does not end the process: the query that uses it fails. */
export function openPool(url: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'inkwell',
    max: POOL_MAX,
    connectionTimeoutMillis: CONNECT_MS,
    lock_timeout: LOCK_MS,
    statement_timeout: STATEMENT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    query_timeout: RESPONSE_MS,
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
  pool.on('connect', (client) => {
    client.on('error', ignore) // a connection in use has no other listener
    client.query(NO_SEQUENTIAL_SCANS).catch(ignore) // sent before any other query
  })
  return pool
}

/** Returns an amount as a number. Throws a `RangeError` if a number cannot hold it exactly. */
function exact(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError('an amount is too large to be exact')
  return value
}

/**
 * Returns a function that names SQL texts, the same on every connection. Beyond the limit it returns undefined: the
 * text is parsed on each use.
 */
export function statementNames(): (sql: string) => string | undefined {
  const names = new Map<string, string>()
  return (sql) => {
    const known = names.get(sql)
    if (known !== undefined || names.size >= STATEMENTS_MAX) return known
    const name = `inkwell_${names.size + 1}`
    names.set(sql, name)
    return name
  }
}
