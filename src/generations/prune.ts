import type { Db, TransactionBody } from '../db/db.ts'
import { DAY_MS } from '../ledger/rules.ts'
import type { Log } from '../log.ts'
import { mayBeKept } from './fetch-again.ts'
import type { Files } from './files.ts'
import {
  dropKeys,
  dropMcpSessions,
  dropPageSessions,
  dropRefusals,
  forget,
  keptFiles,
  markRemoved,
  PAGE,
  rememberedAfter,
  type Scope,
} from './prune-queries.ts'
import type { Retention } from './retention.ts'
import { removeExpiredUploads } from './upload.ts'

/** How long results are found by their idempotency keys, sessions of clients and refusals are kept, in milliseconds. */
const KEPT_MS = 30 * DAY_MS
/** Files that are removed from a store at once. */
const AT_ONCE = 16

/** What was removed, or would be. `bytes` are those of the files. */
export type Pruned = {
  files: number
  bytes: number
  prompts: number
  idempotencyKeys: number
  sessions: number
  refusals: number
}

export type PruneDeps = {
  db: Db
  files: Files
  log: Log
  keep: Retention
  /** The time, in milliseconds since 1970. */
  now: () => number
}

const NOTHING: Pruned = {
  files: 0,
  bytes: 0,
  prompts: 0,
  idempotencyKeys: 0,
  sessions: 0,
  refusals: 0,
}

/**
 * Removes the files and forgets the prompts that are older than they are kept, and drops old keys of repeated calls,
 * sessions and refusals. No entry, hold or balance changes. It may be interrupted, and run by several servers at once.
 * Throws `ledger_unavailable`.
 */
export async function prune(deps: PruneDeps, { dryRun = false } = {}): Promise<Pruned> {
  const { keep, now } = deps
  const at = now()
  const done = { ...NOTHING }
  const faults: unknown[] = []
  /** Does one part. What fails does not hold up the parts after it. */
  const part = async (work: () => Promise<void>): Promise<void> => {
    await work().catch((error: unknown) => faults.push(error))
  }
  const { files, prompts } = keep
  if (files !== null) await part(() => removeFiles(deps, { before: at - files }, done, dryRun))
  if (prompts !== null)
    await part(() => forgetPrompts(deps, { before: at - prompts }, done, dryRun))
  if (!dryRun) {
    await part(() => removeExpiredUploads(deps))
    await part(() => dropOld(deps, at, done))
  }
  if (faults.length > 0) throw faults[0]
  return done
}

/** Drops what nobody needs any more, a page in each transaction: paid calls wait for none of them. */
async function dropOld({ db }: PruneDeps, at: number, done: Pruned): Promise<void> {
  const before = at - KEPT_MS
  const all = async (page: () => TransactionBody<unknown[]>): Promise<number> => {
    for (let count = 0; ;) {
      const dropped = (await db.write(page)).length
      count += dropped
      if (dropped < PAGE) return count
    }
  }
  done.idempotencyKeys = await all(() => dropKeys({ before }))
  done.sessions = await all(() => dropPageSessions({ at }))
  done.sessions += await all(() => dropMcpSessions({ before }))
  done.refusals = await all(() => dropRefusals({ before }))
}

/** Removes all content of an account, or of one generation or file of it. The money stays, and is still proven. */
export async function erase(
  deps: PruneDeps,
  scope: { accountId: string; id?: string },
): Promise<Pruned> {
  const content = { ...NOTHING }
  await removeFiles(deps, scope, content, false)
  await removeFiles(deps, scope, content, false) // what was on its way to another store meanwhile
  await forgetPrompts(deps, scope, content, false)
  return content
}

/**
 * The files go first, so that an interrupted removal is found and repeated. A file that cannot be removed does not hold
 * up the others; its error is thrown at the end.
 */
async function removeFiles(
  deps: PruneDeps,
  scope: Scope,
  done: Pruned,
  dryRun: boolean,
): Promise<void> {
  const faults: unknown[] = []
  for (let after = '', full = true; full;) {
    const page = await deps.db.read(() => keptFiles(scope, after))
    full = page.length === PAGE
    after = page.at(-1)?.id ?? after
    const removed = dryRun ? page : await removePage(deps, page, faults)
    done.files += removed.length
    done.bytes += removed.reduce((sum, { bytes }) => sum + bytes, 0)
  }
  if (faults.length > 0) throw faults[0]
}

type File = Parameters<Files['remove']>[0] & Parameters<typeof mayBeKept>[0] & { bytes: number }

/** Removes files. Returns those that are removed now; what one failed with is added to `faults`. */
async function removePage(
  { db, files, now }: PruneDeps,
  page: readonly File[],
  faults: unknown[],
): Promise<File[]> {
  const remove = async (those: readonly File[]): Promise<File[]> => {
    const gone: File[] = []
    for (let from = 0; from < those.length; from += AT_ONCE)
      await Promise.all(
        those.slice(from, from + AT_ONCE).map((file) =>
          files.remove(file).then(
            () => gone.push(file),
            (error: unknown) => faults.push(error),
          ),
        ),
      )
    return gone
  }
  const gone = await remove(page)
  const removed_at = now()
  const marked = await db.write(function* mark() {
    const ours: File[] = []
    for (const file of gone)
      if ((yield* markRemoved({ id: file.id, path: file.path, removed_at })).length > 0)
        ours.push(file)
    return ours
  })
  await remove(marked.filter((file) => mayBeKept(file, removed_at))) // a reader may have fetched it again meanwhile
  return marked
}

async function forgetPrompts(
  { db }: PruneDeps,
  scope: Scope,
  done: Pruned,
  dryRun: boolean,
): Promise<void> {
  for (let after = '', full = true; full;) {
    const page = await db.read(() => rememberedAfter(scope, after))
    full = page.length === PAGE
    after = page.at(-1)?.id ?? after
    if (!dryRun && page.length > 0) await db.write(() => forget(page))
    done.prompts += page.length
  }
}

/** As `prune`, in the background of a server: it logs what it did, and never rejects. */
export async function pruneAndLog(deps: PruneDeps): Promise<void> {
  try {
    const pruned = await prune(deps)
    if (pruned.files + pruned.prompts > 0) deps.log.info('pruned', pruned)
  } catch (error) {
    deps.log.warn('prune.failed', { error })
  }
}
