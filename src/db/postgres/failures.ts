import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { AppError } from '../../errors.ts'

/** Longest random wait before the second attempt, in milliseconds. It doubles with each attempt up to the limit. */
const FIRST_WAIT_MS = 4
const LONGEST_WAIT_MS = 500

/** The connection broke, or there was none. The last query may or may not have run. */
export class ConnectionLost extends Error {}

/**
 * Transient failures (SQLSTATE): serialization, deadlock, lock and statement timeouts, too many connections, a
 * server that stops, starts or is read-only, a closed connection, prepared statements that a pooler has mixed up.
 */
const TRANSIENT = /^(42P05|26000|40001|40P01|55P03|57014|57P0[1-5]|53300|25006|25P0[34]|08...)$/
/** Failures of the server, not of a statement: no access, no such database, out of disk or memory, corrupted data. */
const SERVER = /^(28...|3D000|42501|53...|58...|XX00[12])$/

/** Turns an error of the driver into `ConnectionLost`, unless the server reported it or a value was out of range. */
export function fromDriver(error: unknown): unknown {
  if (error instanceof pg.DatabaseError || error instanceof RangeError) return error
  return new ConnectionLost('the connection to PostgreSQL was lost', { cause: error })
}

/** Whether a named statement was unknown or known on its connection, as a pooler has mixed connections up. */
export const isMixedUp = (error: unknown): boolean => /^(42P05|26000)$/.test(codeOf(error))

/**
 * Whether a commit that failed so may have been done: the connection broke, or the server stops or crashes (SQLSTATE 57P01,
 * 57P02) while the commit waits for a replica.
 */
export const isUncertain = (error: unknown): boolean =>
  error instanceof ConnectionLost || /^57P0[12]$/.test(codeOf(error))

/** Whether a prepared statement no longer fits its table, which a newer version has changed. A new connection prepares anew. */
const isOutdated = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.routine === 'RevalidateCachedQuery'

/** Whether the next attempt needs another connection: this one is lost, outdated, or leads to what is now a replica. */
export const needsNewConnection = (error: unknown): boolean =>
  error instanceof ConnectionLost || isOutdated(error) || codeOf(error) === '25006'

const codeOf = (error: unknown): string =>
  error instanceof pg.DatabaseError ? (error.code ?? '') : ''

const isTransient = (error: unknown): boolean =>
  error instanceof ConnectionLost || isOutdated(error) || TRANSIENT.test(codeOf(error))

/** Is told why a transaction is tried again. */
export type OnRetry = (sqlstate: string) => void
/** How long a transaction is retried, in milliseconds, and whether a commit of the same calls was lost. */
type Retries = { retryMs: number; onRetry: OnRetry; doubt?: { isOpen: boolean } }

/**
 * Retries a transaction until it is committed. Each attempt starts from the beginning, and recognises by the ids of
 * its rows what a lost commit has done, which opens the `doubt`. `onRetry` gets the SQLSTATE of each failure, or
 * `connection_lost`. Throws `ledger_unavailable` at the deadline and if the server cannot be used.
 */
export async function withRetry<T>(
  transaction: () => Promise<T>,
  { retryMs, onRetry, doubt = { isOpen: false } }: Retries,
): Promise<T> {
  const giveUpAt = performance.now() + retryMs
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      return await transaction()
    } catch (error) {
      doubt.isOpen ||= error instanceof CommitLost
      const isServer = SERVER.test(codeOf(error))
      if (!isTransient(error) && !isServer) throw error
      if (!isTransient(error) || performance.now() > giveUpAt)
        throw unavailable(error, doubt.isOpen)
      onRetry(error instanceof ConnectionLost ? 'connection_lost' : codeOf(error))
    }
    await sleep(Math.random() * waitMs)
  }
}

/** The connection broke during a commit, or it was not confirmed by a replica: it is unknown whether it took effect. */
export class CommitLost extends ConnectionLost {}

function unavailable(cause: unknown, inDoubt: boolean): AppError {
  const message = inDoubt
    ? 'The ledger’s database was lost during a commit: whether it was done will show when it is back.'
    : 'The ledger’s database could not be used; nothing was charged.'
  return new AppError('ledger_unavailable', message, {
    hint: 'Try again in a moment, or tell the operator of this server.',
    localHint:
      'Check that the PostgreSQL server of INKWELL_DATABASE_URL is up and lets us in; `inkwell doctor` shows which it is.',
    cause,
  })
}
