import pg from 'pg'

/** Connections of one process: eight servers stay below the 100 that PostgreSQL allows by default. */
const POOL_MAX = 10
/** How long to wait for a connection, in milliseconds. */
const CONNECT_MS = 5_000
/** Longest wait for a row that another transaction has, in milliseconds. */
const LOCK_MS = 5_000
/** Longest that one statement of a write may take, in milliseconds. */
const STATEMENT_MS = 10_000
/** How long a transaction may stay open without a word from us, in milliseconds: a frozen process must not keep an account. */
const IDLE_IN_TRANSACTION_MS = 10_000
/** After this long without an answer the network is taken for dead, in milliseconds. */
const ANSWER_MS = 20_000
/** Prepared statements kept by a connection; reports build a few dozen texts, a paid call about thirty. */
const STATEMENTS_MAX = 500

/**
 * A write finds its rows by their keys. A plan that was made while a table was small would read all of it,
 * and be kept while it grows.
 */
const BY_KEY = 'set enable_seqscan = off'

const { INT8, NUMERIC } = pg.types.builtins

/** Connections to a server. None of their failures ends the process; each shows in the query that it breaks. */
export function openPool(url: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'inkwell',
    max: POOL_MAX,
    connectionTimeoutMillis: CONNECT_MS,
    lock_timeout: LOCK_MS,
    statement_timeout: STATEMENT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    query_timeout: ANSWER_MS,
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
    client.on('error', ignore) // one in use has no other listener
    client.query(BY_KEY).catch(ignore) // on its way before anything that is asked of it
  })
  return pool
}

/** An amount as a number. Throws where a number cannot hold it. */
function exact(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError('an amount is too large to be exact')
  return value
}

/** Names for texts of statements, the same on every connection; beyond so many a text has none and is prepared anew. */
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
