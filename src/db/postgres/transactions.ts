import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql as rawSql,
} from 'kysely'
import type { PoolClient, QueryConfig, QueryResult } from 'pg'
import type { PostgresLimits } from '../../config/postgres-limits.ts'
import {
  firstOrThrow,
  rejectNul,
  type QueryBuilder,
  type Row,
  type Tables,
  type TransactionBody,
} from '../db.ts'
import { POSTGRES } from '../dialect.ts'
import {
  CommitLost,
  ConnectionLost,
  fromDriver,
  isMixedUp,
  isUncertain,
  needsNewConnection,
} from './failures.ts'
import { openPool, statementNames } from './pool.ts'

/**
 * The limits, in milliseconds: 10 s without a statement, because a frozen process must not keep an account locked. Writes
 * find their rows by key: a plan made for a small table would scan all of it, and PostgreSQL would keep that plan while
 * the table grows. On a server that became a replica the first write fails (25006), and the transaction is repeated.
 */
const begin = ({
  statement_ms,
  lock_ms,
}: PostgresLimits): string => `begin isolation level read committed;
  set local statement_timeout = ${statement_ms}; set local lock_timeout = ${lock_ms};
  set local idle_in_transaction_session_timeout = 10000; set local enable_seqscan = off`
/**
 * After a lost commit. What the transaction then finds done may be on this server alone. This write makes its own commit
 * wait for the synchronous replicas, which have all earlier ones then.
 */
const CONFIRM = `update migration set version = version where name = '0001-initial'`
/** A commit that waits for a replica must not end with the time of a statement: PostgreSQL would report success. */
const COMMIT = 'set local statement_timeout = 0; commit'
/** A read may take longer than a write, because it locks no rows. */
const READ = `begin isolation level repeatable read read only;
  set local statement_timeout = '5min'; set local idle_in_transaction_session_timeout = 10000`
/** Longest wait for a response to a read, in milliseconds: above its statement timeout. */
const READ_RESPONSE_MS = 330_000

/** Without a transaction, whose beginning would stop the clock. */
const TIME = 'select (extract(epoch from clock_timestamp()) * 1000)::float8 as at'

type Query = QueryConfig<unknown[]> & { query_timeout: number | undefined }

/** Runs each unit as a transaction on its own connection. If the unit throws, nothing of it is stored. */
export type Transactions = {
  /** `inDoubt`: an earlier attempt lost its commit. */
  write<T>(unit: () => TransactionBody<T>, inDoubt?: boolean): Promise<T>
  read<T>(unit: () => TransactionBody<T>): Promise<T>
  /** Returns the time of the server, in milliseconds since 1970. */
  time(): Promise<number>
  /** Returns the connections in use and the calls that wait for one. */
  pool(): { used: number; waiting: number }
  close(): Promise<void>
}

/** Opens a pool of connections to this server and returns the transactions on it. */
export function openTransactions(url: string, limits: PostgresLimits): Transactions {
  const pool = openPool(url, limits)
  const BEGIN = begin(limits)
  const names = statementNames(url)
  let closing: Promise<void> | undefined
  const builder = newBuilder()

  /** Runs a unit. Responses that it does not wait for are added to `sent`. */
  const drive = async <T>(
    client: PoolClient,
    unit: TransactionBody<T>,
    sent: Promise<unknown>[],
    responseMs?: number,
  ): Promise<T> => {
    let step = unit.next()
    while (step.done !== true) {
      const queries = [step.value(builder, rawSql, POSTGRES)].flat()
      const responses = queries.map(({ sql: text, parameters }) => {
        const query = { text, values: [...rejectNul(parameters)], name: names.of(text) }
        return send(client, { ...query, query_timeout: responseMs })
      })
      if (queries.every(({ pipelined }) => pipelined)) {
        sent.push(...responses)
        step = unit.next([])
      } else
        step = await Promise.all(responses).then(
          (results) => unit.next(results.flatMap(({ rows }) => rows)),
          (error: unknown) => unit.throw(error),
        )
    }
    return step.value
  }

  return {
    write: async (unit, inDoubt = false) => {
      const client = await pool.connect().catch(rethrown)
      const sent: Promise<unknown>[] = [send(client, inDoubt ? `${BEGIN}; ${CONFIRM}` : BEGIN)]
      try {
        const value = await drive(client, unit(), sent)
        await commit(client, sent)
        client.release()
        return value
      } catch (error) {
        const first = await firstFailure(sent, error)
        if (isMixedUp(first)) names.stop()
        await rollback(client, first)
        throw first
      }
    },
    // The rows are valid however the transaction ends, so the rollback is not awaited.
    read: async (unit) => {
      const client = await pool.connect().catch(rethrown)
      const sent: Promise<unknown>[] = [send(client, READ)]
      try {
        const value = await drive(client, unit(), sent, READ_RESPONSE_MS)
        await Promise.all(sent)
        void rollback(client)
        return value
      } catch (error) {
        const first = await firstFailure(sent, error)
        if (isMixedUp(first)) names.stop()
        void rollback(client, first)
        throw first
      }
    },
    time: async () => {
      const { rows } = await pool.query<{ at: number }>(TIME).catch(rethrown)
      return firstOrThrow(rows).at
    },
    pool: () => ({ used: pool.totalCount - pool.idleCount, waiting: pool.waitingCount }),
    close: () => (closing ??= pool.end()),
  }
}

const newBuilder = (): QueryBuilder =>
  new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })

function rethrown(error: unknown): never {
  throw fromDriver(error)
}

/**
 * Sends a query after the earlier ones, without waiting for their responses. An error that no one awaits is not
 * reported as unhandled.
 */
function send(client: PoolClient, query: string | Query): Promise<QueryResult<Row>> {
  const response = client.query<Row>(query as Query).catch(rethrown)
  response.catch(() => {})
  return response
}

/**
 * Returns the first error of a failed transaction: it caused the later ones. But a connection that was lost with the
 * commit on its way, before any response, may have committed.
 */
async function firstFailure(sent: readonly Promise<unknown>[], last: unknown): Promise<unknown> {
  return await Promise.all(sent).then(
    () => last,
    (first: unknown) =>
      last instanceof CommitLost && first instanceof ConnectionLost ? last : first,
  )
}

async function commit(client: PoolClient, sent: readonly Promise<unknown>[]): Promise<void> {
  try {
    if ((await committed(client)) !== 'COMMIT')
      throw new Error('a transaction that had failed was to be committed')
    await Promise.all(sent)
  } catch (error) {
    throw isUncertain(error) ? new CommitLost('a commit was lost', { cause: error }) : error
  }
}

/**
 * Commits and returns what was done. Throws `CommitLost` if the wait for a replica was cancelled: the server then reports
 * success, with a warning.
 */
async function committed(client: PoolClient): Promise<string | undefined> {
  let isWarned = false
  const onNotice = ({ code }: { code?: string | undefined }): void =>
    void (isWarned ||= code?.startsWith('01') === true)
  client.on('notice', onNotice)
  try {
    const results = [await send(client, COMMIT)].flat()
    if (isWarned) throw new CommitLost('a commit was not confirmed by a replica')
    return results.at(-1)?.command
  } finally {
    client.off('notice', onNotice)
  }
}

/** Rolls a transaction back. Never rejects: a connection that cannot do it is closed, and the server rolls back. */
async function rollback(client: PoolClient, error?: unknown): Promise<void> {
  try {
    if (needsNewConnection(error)) return client.release(true)
    await client.query('rollback')
    client.release()
  } catch {
    client.release(true)
  }
}
