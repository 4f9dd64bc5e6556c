import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { notTheSame } from './failures.ts'

/** The files of an open ledger. SQLite removes the last two only when nobody has it open. */
const PARTS = [
  ['', 'The ledger file'],
  ['-wal', 'The -wal file of the ledger'],
  ['-shm', 'The -shm file of the ledger'],
] as const

type Identity = { dev: bigint; ino: bigint; size: bigint }

/** Brief checks look at all files this often, in milliseconds. In between, their folder tells whether one came or went. */
const LOOK_MS = 10
/** And at the folder this often: a look costs as much as a statement. */
const FOLDER_MS = 1
/** The time of a folder tells of every change since, if it was this old by then: some file systems round it to 2 s. */
const SETTLED_MS = 3_000

/**
 * Remembers which files a ledger was opened from. `check` throws `ledger_unavailable` if one of them was removed, replaced
 * or cut short since: writes would go to a file that nobody opens again. `checkBriefly`, for every transaction, looks
 * less often: it sees up to 1 ms later that one was removed or replaced, and up to 10 ms later that one was cut short.
 */
export function rememberFiles(file: string): {
  check(this: void): void
  checkBriefly(this: void): void
} {
  if (file === ':memory:') return { check: () => {}, checkBriefly: () => {} }
  const check = rememberEach(file)
  const folder = dirname(file)
  let looked = { at: Number.NEGATIVE_INFINITY, folder: '' }
  let lookedAtFolder = Number.NEGATIVE_INFINITY
  return {
    check,
    checkBriefly: () => {
      const at = performance.now()
      if (at < lookedAtFolder + FOLDER_MS) return
      lookedAtFolder = at
      const state = stateOf(folder)
      const isQuiet = state !== '' && state === looked.folder
      if (isQuiet && at < looked.at + LOOK_MS) return
      check()
      looked = { at, folder: state }
    },
  }
}

/** Returns what differs after a file of a folder came or went; empty if its time does not tell that. */
function stateOf(folder: string): string {
  const found = statSync(folder, { bigint: true, throwIfNoEntry: false })
  if (found === undefined || Date.now() - Number(found.mtimeMs) < SETTLED_MS) return ''
  return `${found.dev} ${found.ino} ${found.mtimeNs}`
}

function rememberEach(file: string): () => void {
  const known = new Map<string, Identity>()
  return () => {
    for (const [suffix, name] of PARTS) {
      const found = statSync(`${file}${suffix}`, { bigint: true, throwIfNoEntry: false })
      const before = known.get(suffix)
      if (found === undefined) {
        if (before !== undefined) throw notTheSame(`${name} was removed while it was in use`)
        continue
      }
      if (before !== undefined && (found.dev !== before.dev || found.ino !== before.ino))
        throw notTheSame(`${name} was replaced by another file while it was in use`)
      const isShorter = suffix === '' && before !== undefined && found.size < before.size
      if (isShorter && (found.size === 0n || !isWhole(file)))
        throw notTheSame(`${name} was cut short while it was in use`)
      known.set(suffix, { dev: found.dev, ino: found.ino, size: found.size })
    }
  }
}

/**
 * A vacuum makes the file shorter, too. Reads it with a new connection, because ours has pages in memory. Not for an
 * empty file: SQLite deletes the -wal file beside one.
 */
function isWhole(file: string): boolean {
  try {
    const database = new Database(file, { readonly: true, fileMustExist: true })
    try {
      return database.pragma('quick_check(1)', { simple: true }) === 'ok'
    } finally {
      database.close()
    }
  } catch {
    return false
  }
}
