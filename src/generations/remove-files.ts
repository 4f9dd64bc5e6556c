import type { Db } from '../db/db.ts'
import { mayBeKept } from './fetch-again.ts'
import type { Files } from './files.ts'
import { keptFiles, markRemoved, PAGE, START, type Scope } from './prune-queries.ts'

/** Files that are removed from a store at once. */
const AT_ONCE = 16

type Deps = {
  db: Db
  files: Pick<Files, 'remove'>
  /** The time, in milliseconds since 1970. */
  now: () => number
}

/** How many files were removed, with their bytes, and the stores that may still have copies: this process knows them not. */
export type Removed = { files: number; bytes: number; left: string[] }

/**
 * Removes files and adds them to `done`. The files go first, so that an interrupted removal is found and repeated. A file
 * that cannot be removed does not hold up the others; its error is thrown at the end.
 */
export async function removeFiles(
  deps: Deps,
  scope: Scope,
  done: Removed,
  dryRun = false,
): Promise<void> {
  const faults: unknown[] = []
  const left = new Set(done.left)
  for (let after = START, full = true; full;) {
    const page = await deps.db.read(() => keptFiles(scope, after))
    full = page.length === PAGE
    after = page.at(-1) ?? after
    const removed = dryRun ? page : await removePage(deps, page, { faults, left })
    done.files += removed.length
    done.bytes += removed.reduce((sum, { bytes }) => sum + bytes, 0)
  }
  done.left = [...left]
  if (faults.length > 0) throw faults[0]
}

type File = Parameters<Files['remove']>[0] & Parameters<typeof mayBeKept>[0] & { bytes: number }
type Troubles = { faults: unknown[]; left: Set<string> }

/** Removes files. Returns those that are removed now, and adds to `troubles` what was in the way. */
async function removePage(
  { db, files, now }: Deps,
  page: readonly File[],
  { faults, left }: Troubles,
): Promise<File[]> {
  const remove = async (those: readonly File[]): Promise<File[]> => {
    const gone: File[] = []
    const removeOne = async (file: File): Promise<void> => {
      for (const store of await files.remove(file)) left.add(store)
      gone.push(file)
    }
    for (let from = 0; from < those.length; from += AT_ONCE)
      await Promise.all(
        those
          .slice(from, from + AT_ONCE)
          .map((file) => removeOne(file).catch((error: unknown) => faults.push(error))),
      )
    return gone
  }
  const gone = await remove(page)
  const removed_at = now()
  const marked = await db.write(function* mark() {
    const ours: File[] = []
    for (const file of gone)
      if ((yield* markRemoved({ ...file, removed_at })).length > 0) ours.push(file)
    return ours
  })
  await remove(marked.filter((file) => mayBeKept(file, removed_at))) // a reader may have fetched it again meanwhile
  return marked
}
