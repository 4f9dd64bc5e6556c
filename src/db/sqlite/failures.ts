import Database from 'better-sqlite3'
import { AppError } from '../../errors.ts'

/** Returns the result code of SQLite, such as `SQLITE_FULL`; empty for any other error. */
function codeOf(error: unknown): string {
  return error instanceof Database.SqliteError ? error.code : ''
}

/** Whether another process has locked the file. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith('SQLITE_BUSY')
}

/** Whether an error comes from the disk or the file, not from a statement. */
export function isStorage(error: unknown): boolean {
  return /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|PERM|NOMEM|LOCKED)/.test(
    codeOf(error),
  )
}

/** What happened, and what the operator can do, for the start of a result code. */
const WORDS: readonly (readonly [code: string, message: string, localHint: string])[] = [
  [
    'SQLITE_CORRUPT',
    'The ledger file is damaged',
    'Stop every server, keep the file with its -wal file, and restore a backup.',
  ],
  [
    'SQLITE_NOTADB',
    'The ledger file is not an SQLite database',
    'Check that INKWELL_HOME or INKWELL_DATABASE_URL names the right file (`inkwell doctor` shows it), or restore a backup.',
  ],
  [
    'SQLITE_BUSY',
    'The ledger file stayed locked by another program for 10 s',
    'Close what has the file open, such as an sqlite3 shell or a backup, then try again.',
  ],
  [
    'SQLITE_FULL',
    'The disk of the ledger file is full',
    'Free space on the disk of INKWELL_HOME; nothing else is needed.',
  ],
  [
    'SQLITE_READONLY',
    'The ledger file is read-only',
    'Give this user the right to write the file, its -wal and -shm files, and their folder.',
  ],
]

const NEVER_MIND = 'Try again in a moment, or tell the operator of this server.'

/** Returns the `ledger_unavailable` for an error of the file or the disk. */
export function unavailable(cause: unknown): AppError {
  const code = codeOf(cause)
  const [, message, localHint] = WORDS.find(([start]) => code.startsWith(start)) ?? [
    '',
    'The ledger file could not be used',
    'Check that INKWELL_HOME is on a local disk with free space and may be written; `inkwell doctor` shows the path.',
  ]
  return new AppError('ledger_unavailable', `${message}; nothing was charged.`, {
    hint: NEVER_MIND,
    localHint,
    cause,
  })
}

/** Returns the `ledger_unavailable` for a file that is no longer the one that was opened. `what` names what happened. */
export function notTheSame(what: string): AppError {
  return new AppError('ledger_unavailable', `${what}; nothing was charged.`, {
    hint: 'Tell the operator of this server.',
    localHint:
      'Stop every server, put the ledger file back with its -wal file, or restore a backup, then start again.',
  })
}
