import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql as rawSql,
} from 'kysely'
import type { PoolClient, QueryConfig, QueryResult } from 'pg'
import { rejectNul, type QueryBuilder, type Row, type Tables, type Unit } from '../db.ts'
import { POSTGRES } from '../dialect.ts'
import { CommitLost, ConnectionLost, fromDriver } from './failures.ts'
import { openPool, statementNames } from './pool.ts'

const WRITE = 'begin isolation level read committed read write'
/** A reading may take longer than a write: nobody waits for its rows. */
const READ = `begin isolation level repeatable read read only;
  set local statement_timeout = '5min'; set local enable_seqscan = on`
const READ_ANSWER_MS = 330_000

type Query = QueryConfig<unknown[]> & { query_timeout?: number }

/** Transactions on a server, each a unit on a connection of its own. One that throws has left nothing. */
export type Transactions = {
  write<T>(unit: () => Unit<T>): Promise<T>
  read<T>(unit: () => Unit<T>): Promise<T>
  close(): Promise<void>
}

export function openTransactions(url: string): Transactions {
  const pool = openPool(url)
  const nameOf = statementNames()
  let closing: Promise<void> | undefined
  const builder: QueryBuilder = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })

  /** Runs a unit; what it does not wait for, its beginning included, is left in `sent`. */
  const drive = async <T>(
    client: PoolClient,
    unit: Unit<T>,
    sent: Promise<unknown>[],
    answerMs?: number,
  ): Promise<T> => {
    let step = unit.next()
    while (step.done !== true) {
      const { sql, parameters, pipelined } = step.value(builder, rawSql, POSTGRES)
      const query: Query = { text: sql, values: rejectNul(parameters), name: nameOf(sql) }
      if (answerMs !== undefined) query.query_timeout = answerMs
      const answer = send(client, query)
      if (pipelined) sent.push(answer)
      step = unit.next(pipelined ? [] : (await answer).rows)
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
        await undo(client, first)
        throw first
      }
    },
    // What was read holds whatever becomes of the end of its transaction: nobody waits for that.
    read: async (unit) => {
      const client = await pool.connect().catch(rethrown)
      const sent: Promise<unknown>[] = [send(client, READ)]
      try {
        const value = await drive(client, unit(), sent, READ_ANSWER_MS)
        await Promise.all(sent)
        void undo(client)
        return value
      } catch (error) {
        const first = await firstFailure(sent, error)
        void undo(client, first)
        throw first
      }
    },
    close: () => (closing ??= pool.end()),
  }
}

function rethrown(error: unknown): never {
  throw fromDriver(error)
}

/** Sends a query behind those that are on their way. Its failure is heard where its answer is, or not at all. */
function send(client: PoolClient, query: string | Query): Promise<QueryResult<Row>> {
  const answer = client.query<Row>(query as Query).catch(rethrown)
  answer.catch(() => {})
  return answer
}

/** Of a transaction that failed, the failure that made the others. */
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

/** Ends a transaction without a trace. Never rejects: a connection that cannot do it is thrown away, and the server undoes it. */
async function undo(client: PoolClient, error?: unknown): Promise<void> {
  try {
    if (error instanceof ConnectionLost) return client.release(true)
    await client.query('rollback')
    client.release()
  } catch {
    client.release(true)
  }
}
