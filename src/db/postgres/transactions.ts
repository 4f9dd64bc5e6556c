import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql as rawSql,
} from 'kysely'
import type { PoolClient, QueryConfig, QueryResult } from 'pg'
import {
  firstOrThrow,
  rejectNul,
  type QueryBuilder,
  type Row,
  type Tables,
  type TransactionBody,
} from '../db.ts'
import { POSTGRES } from '../dialect.ts'
import { CommitLost, ConnectionLost, fromDriver, isMixedUp, isOutdated } from './failures.ts'
import { openPool, statementNames } from './pool.ts'

/**
 * The limits, in milliseconds: 10 s for a statement, 5 s for a row that another transaction has locked, 10 s without a
 * statement (a frozen process must not keep an account locked). Writes find their rows by key: a plan made for a small
 * table would scan all of it, and PostgreSQL would keep that plan while the table grows.
 */
const WRITE = `begin isolation level read committed read write;
  set local statement_timeout = 10000; set local lock_timeout = 5000;
  set local idle_in_transaction_session_timeout = 10000; set local enable_seqscan = off`
/** A read may take longer than a write, because it locks no rows. */
const READ = `begin isolation level repeatable read read only;
  set local statement_timeout = '5min'; set local idle_in_transaction_session_timeout = 10000`
/** Longest wait for a response to a read, in milliseconds: above its statement timeout. */
const READ_RESPONSE_MS = 330_000

/** Without a transaction, whose beginning would stop the clock. */
const TIME = 'select (extract(epoch from clock_timestamp()) * 1000)::float8 as at'

type Query = QueryConfig<unknown[]> & { query_timeout?: number }

/** Runs each unit as a transaction on its own connection. If the unit throws, nothing of it is stored. */
export type Transactions = {
  write<T>(unit: () => TransactionBody<T>): Promise<T>
  read<T>(unit: () => TransactionBody<T>): Promise<T>
  /** Returns the time of the server, in milliseconds since 1970. */
  time(): Promise<number>
  /** Returns the connections in use and the calls that wait for one. */
  pool(): { used: number; waiting: number }
  close(): Promise<void>
}

/** Opens a pool of connections to this server and returns the transactions on it. */
export function openTransactions(url: string): Transactions {
  const pool = openPool(url)
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
      const { sql, parameters, pipelined } = step.value(builder, rawSql, POSTGRES)
      const query: Query = { text: sql, values: rejectNul(parameters), name: names.of(sql) }
      if (responseMs !== undefined) query.query_timeout = responseMs
      const response = send(client, query)
      if (pipelined) sent.push(response)
      if (pipelined) step = unit.next([])
      else
        step = await response.then(
          ({ rows }) => unit.next(rows),
          (error: unknown) => unit.throw(error),
        )
    }
    return step.value
  }

  return {
    write: async (unit) => {
      const client = await pool.connect().catch(rethrown)
      const sent: Promise<unknown>[] = [send(client, WRITE)]
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

/** Returns the first error of a failed transaction: it caused the later ones. */
async function firstFailure(sent: readonly Promise<unknown>[], last: unknown): Promise<unknown> {
  return await Promise.all(sent).then(
    () => last,
    (first: unknown) => first,
  )
}

async function commit(client: PoolClient, sent: readonly Promise<unknown>[]): Promise<void> {
  try {
    const { command } = await send(client, 'commit')
    if (command !== 'COMMIT') throw new Error('a transaction that had failed was to be committed')
    await Promise.all(sent)
  } catch (error) {
    throw error instanceof ConnectionLost ? new CommitLost(error.message, { cause: error }) : error
  }
}

/** Rolls a transaction back. Never rejects: a connection that cannot do it is closed, and the server rolls back. */
async function rollback(client: PoolClient, error?: unknown): Promise<void> {
  try {
    if (error instanceof ConnectionLost || isOutdated(error)) return client.release(true)
    await client.query('rollback')
    client.release()
  } catch {
    client.release(true)
  }
}
