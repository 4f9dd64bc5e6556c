import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { AppError } from '../../errors.ts'

/** How long a transaction is tried for before it is given up, in milliseconds. */
const GIVE_UP_MS = 10_000
/** A try waits a random time up to this before the second, and twice as long before each next one, in milliseconds. */
const FIRST_WAIT_MS = 4
const LONGEST_WAIT_MS = 500

/** The connection broke, or there was none: what it was asked for last may have been done or not. */
export class ConnectionLost extends Error {}

/**
 * Failures that pass (SQLSTATE): serialization, deadlock, lock and statement timeouts, too many connections, a
 * server that stops, starts or only reads, a connection that was cut.
 */
const PASSING = /^(40001|40P01|55P03|57014|57P0[1-5]|53300|25006|25P0[34]|08...)$/
/** The server, not our statement, is at fault: no access, no such database, out of disk or memory, damaged. */
const SERVER = /^(28...|3D000|42501|53...|58...|XX00[12])$/

/** What the driver throws, told apart by whether the server said it. */
export function fromDriver(error: unknown): unknown {
  if (error instanceof pg.DatabaseError || error instanceof RangeError) return error
  return new ConnectionLost('the connection to PostgreSQL was lost', { cause: error })
}

const codeOf = (error: unknown): string =>
  error instanceof pg.DatabaseError ? (error.code ?? '') : ''

const passes = (error: unknown): boolean =>
  error instanceof ConnectionLost || PASSING.test(codeOf(error))

/**
 * Tries until a transaction is through. Each try begins from nothing, and finds by the ids of its rows what a
 * lost commit has done. Throws `ledger_unavailable` at the deadline and for a server that cannot be used.
 */
export async function withRetry<T>(transaction: () => Promise<T>): Promise<T> {
  const giveUpAt = Date.now() + GIVE_UP_MS
  let inDoubt = false
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    try {
      return await transaction()
    } catch (error) {
      inDoubt ||= error instanceof CommitLost
      const isServer = SERVER.test(codeOf(error))
      if (!passes(error) && !isServer) throw error
      if (!passes(error) || Date.now() > giveUpAt) throw unavailable(error, inDoubt)
    }
    await sleep(Math.random() * waitMs)
  }
}

/** The connection broke while it committed. */
export class CommitLost extends ConnectionLost {}

function unavailable(cause: unknown, inDoubt: boolean): AppError {
  const message = inDoubt
    ? 'The ledger’s database was lost during a commit: whether it was done will show when it is back.'
    : 'The ledger’s database could not be used; nothing was charged.'
  return new AppError('ledger_unavailable', message, {
    hint: 'Try again in a moment, or tell whoever runs this server.',
    localHint:
      'Check that the PostgreSQL server of INKWELL_DATABASE_URL is up and lets us in; `inkwell doctor` shows which it is.',
    cause,
  })
}
