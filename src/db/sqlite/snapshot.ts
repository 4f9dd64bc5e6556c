import type Database from 'better-sqlite3'
import { AppError } from '../../errors.ts'
import type { Execute } from './units.ts'

/** The state of the database that reads see. */
type Snapshot = {
  /** Runs reads on the snapshot, which is taken if there is none. */
  read<T>(this: void, reads: () => T): T
  /** Ends the snapshot, if there is one, so that what follows sees the newest state. */
  end(this: void): void
}

/**
 * Reads share a snapshot for as long as the code that waits for them goes on at once: a request that reads its key and
 * then its answer locks the file once, and sees both in one state. The snapshot ends before this process looks at its
 * network again, so no request sees a state that is older than itself.
 */
export function openSnapshot(database: Database.Database, execute: Execute): Snapshot {
  let isOpen = false
  const end = (): void => {
    if (!isOpen) return
    isOpen = false
    if (database.inTransaction) execute(COMMIT)
  }
  return {
    end,
    read: (reads) => {
      if (!isOpen) {
        execute(BEGIN)
        isOpen = true
        process.nextTick(end) // after all that awaits these reads
      }
      try {
        return reads()
      } catch (error) {
        if (!(error instanceof AppError)) end() // an attempt that is repeated begins anew
        throw error
      }
    },
  }
}

const BEGIN = { sql: 'begin deferred', parameters: [] }
const COMMIT = { sql: 'commit', parameters: [] }
