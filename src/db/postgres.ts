import { postgresLimits } from '../config/postgres-limits.ts'
import { AppError } from '../errors.ts'
import {
  NotBatchable,
  type Engine,
  type CommandCall,
  type Outcome,
  type TransactionBody,
} from './db.ts'
import { POSTGRES } from './dialect.ts'
import { migrate } from './migrations.ts'
import { about } from './postgres/about.ts'
import { withRetry, type OnRetry } from './postgres/failures.ts'
import { openTransactions } from './postgres/transactions.ts'
import type { Replica } from './replica.ts'
import { createdOnce } from './sqlstate.ts'

/**
 * Opens a ledger on a PostgreSQL server, shared by any number of processes. A written row stays locked to the end of
 * its transaction. To avoid deadlocks, every transaction writes in one order: its own rows, accounts, then the rows
 * that belong to an account. `onRetry` is told why a transaction is tried again. Throws `ledger_unavailable` if the
 * server cannot be used.
 */
export async function openPostgres(url: string, onRetry: OnRetry = () => {}): Promise<Engine> {
  const limits = postgresLimits(url)
  const transactions = openTransactions(url, limits)
  const options = { retryMs: limits.retry_ms, onRetry }
  const retry = <T>(transaction: () => Promise<T>): Promise<T> => withRetry(transaction, options)
  let isMigrated = false
  const engine: Engine = {
    writers: 'many',
    write: async (calls) => {
      const doubt = { isOpen: false } // what a batch has left in doubt stays so for its members
      const write: Write = (unit) =>
        withRetry(() => transactions.write(unit, doubt.isOpen && isMigrated), { ...options, doubt })
      const done = await writeBatch(calls, write)
      const outcomes = calls.map(
        async (call, index) => done.get(index) ?? (await writeOne(call, write)),
      )
      return await Promise.all(outcomes)
    },
    read: (unit) => retry(() => transactions.read(unit)),
    status: {
      check: async () => {},
      time: () => retry(() => transactions.time()),
      about: () => retry(() => transactions.read(about)),
      pool: () => transactions.pool(),
    },
    close: () => transactions.close(),
  }
  try {
    await createdOnce(() => migrate(engine, POSTGRES))
    isMigrated = true
    return engine
  } catch (error) {
    await transactions.close()
    throw error
  }
}

/** How long a read of a replica is retried, in milliseconds: the ledger itself can answer, too. */
const REPLICA_RETRY_MS = 1_000

/** Opens a replica of a ledger, which is only read. Connects at its first use. */
export function openPostgresReplica(url: string, onRetry: OnRetry): Replica {
  const limits = postgresLimits(url, 'INKWELL_READ_DATABASE_URL')
  const transactions = openTransactions(url, limits)
  const retryMs = Math.min(limits.retry_ms, REPLICA_RETRY_MS)
  return {
    read: (unit) => withRetry(() => transactions.read(unit), { retryMs, onRetry }),
    close: () => transactions.close(),
  }
}

type Write = <T>(unit: () => TransactionBody<T>) => Promise<T>

async function writeOne({ command, args }: CommandCall, write: Write): Promise<Outcome> {
  try {
    return { ok: true, value: await write(() => command.single(args)) }
  } catch (error) {
    return { ok: false, error }
  }
}

/**
 * Runs as many of these calls as possible in one transaction. Returns their outcomes by index; the others must run one
 * by one.
 */
async function writeBatch(
  calls: readonly CommandCall[],
  write: Write,
): Promise<Map<number, Outcome>> {
  const batch = calls[0]?.command.batch
  if (batch === undefined || calls.length === 1) return new Map()
  for (let remaining = [...calls.entries()]; remaining.length > 0;) {
    try {
      const values = await write(() => batch(remaining.map(([, { args }]) => args)))
      return new Map(remaining.map(([index], row) => [index, { ok: true, value: values[row] }]))
    } catch (error) {
      if (error instanceof AppError) throw error // the server is unavailable: a batch form throws no other AppError
      const unfit = error instanceof NotBatchable ? error.members : [...remaining.keys()]
      remaining = remaining.filter((_, row) => !unfit.includes(row))
    }
  }
  return new Map()
}
