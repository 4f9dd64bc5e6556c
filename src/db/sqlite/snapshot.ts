import type Database from 'better-sqlite3'
import { AppError } from '../../errors.ts'
import type { Execute } from './units.ts'

/** The state of the database that reads see. */
type Snapshot = {
  /** Runs reads on the snapshot, which is taken if there is none. */
  read<T>(this: void, reads: () => T): T
  /** Ends the snapshot, if there is one, because this connection is about to write. */
  beforeWrite(this: void): void
  end(this: void): void
}

/**
 * Reads share a snapshot for as long as the code that waits for them goes on at once: a request that reads its key and
 * then its answer locks the file once, and sees both in one state. The snapshot ends before this process looks at its
 * network again, so no request sees a state that is older than itself.
 *
 * What was read stays true until somebody writes, so `onChange` is called when the state may differ from that of the
 * snapshot before: this connection writes, or another one has, which SQLite tells when it drops its own pages of it.
 */
export function openSnapshot(
  database: Database.Database,
  execute: Execute,
  onChange: () => void,
): Snapshot {
  let isOpen = false
  let isOver = false
  let version: unknown
  const begin = (): void => {
    execute(BEGIN)
    isOpen = true
    isOver = false
    process.nextTick(endUnasked) // after all that awaits these reads
    const now = execute(DATA_VERSION)[0]?.['data_version'] // the first read, so it takes the snapshot
    if (now !== version) onChange()
    version = now
  }
  const end = (): void => {
    if (isOpen && database.inTransaction) execute(COMMIT)
    isOpen = false
  }
  /** Nobody waits for this: if it fails, the next read or write tries again and gets the error. */
  const endUnasked = (): void => {
    isOver = true
    try {
      end()
    } catch {}
  }
  return {
    read: (reads) => {
      if (isOver) end()
      try {
        if (!isOpen) begin()
        return reads()
      } catch (error) {
        if (!(error instanceof AppError)) end() // an attempt that is repeated begins anew
        throw error
      }
    },
    beforeWrite: () => {
      end()
      onChange()
    },
    end,
  }
}

const BEGIN = { sql: 'begin deferred', parameters: [] }
const COMMIT = { sql: 'commit', parameters: [] }
/** Another number after another connection has written. Our own writes leave it as it is. */
const DATA_VERSION = { sql: 'pragma data_version', parameters: [] }
