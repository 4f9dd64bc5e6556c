import { existsSync, readdirSync, renameSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** Files that our own names begin: an output, or an upload. */
const OWN_FILE = /^(gen|asset)_/

/** Returns the file of the calls a minute, beside a ledger file. */
export function limitsFile(file: string): string {
  return file.replace(/(\.db)?$/, '.limits.db')
}

/**
 * Returns what shows that a ledger was here, where its file is missing or empty, as words; null if the file is there, or
 * if nothing shows that there was one. `home` is the data folder. A ledger that is lost must not be made anew silently:
 * its balances, keys and purchases would be gone.
 */
export function traceOfLostLedger(file: string, home: string): string | null {
  if (sizeOf(file) > 0) return null
  if (sizeOf(limitsFile(file)) > 0) return `its counts of calls (${basename(limitsFile(file))})`
  if (sizeOf(`${file}-wal`) > 0) return `its newest commits (${basename(file)}-wal)`
  // The images may be of the ledger of the other mode.
  if (dirname(file) !== home || namesIn(home).some((name) => isLedger(join(home, name))))
    return null
  const isOwn = namesIn(join(home, 'images')).some((name) => OWN_FILE.test(name))
  return isOwn ? 'images that it paid for (images)' : null
}

/** Renames what is left of a lost ledger, so that a new one can begin. Returns the new names. */
export function setTracesAside(file: string, at: number): string[] {
  return [file, limitsFile(file)]
    .flatMap((path) => [path, `${path}-wal`, `${path}-shm`])
    .filter((path) => existsSync(path))
    .map((path) => {
      const aside = `${path}.lost-${at}`
      renameSync(path, aside)
      return aside
    })
}

const isLedger = (path: string): boolean =>
  path.endsWith('.db') && !path.endsWith('.limits.db') && sizeOf(path) > 0

/** The size of a file, in bytes; 0 if there is none. */
function sizeOf(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false })
  return found?.isFile() === true ? found.size : 0
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
