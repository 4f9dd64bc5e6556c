import type { Db } from '../db/db.ts'
import { DAY_MS } from '../ledger/rules.ts'
import type { Log } from '../log.ts'
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
  const { db, keep, now } = deps
  const at = now()
  const content = { ...NOTHING }
  if (keep.files !== null) await removeFiles(deps, { before: at - keep.files }, content, dryRun)
  if (keep.prompts !== null)
    await forgetPrompts(deps, { before: at - keep.prompts }, content, dryRun)
  if (dryRun) return content
  await removeExpiredUploads(deps)
  const before = at - KEPT_MS
  return await db.write(function* drop() {
    const keys = yield* dropKeys({ before })
    const pages = yield* dropPageSessions({ at })
    const clients = yield* dropMcpSessions({ before })
    const refusals = yield* dropRefusals({ before })
    const sessions = pages.length + clients.length
    return { ...content, idempotencyKeys: keys.length, sessions, refusals: refusals.length }
  })
}

/** Removes all content of an account, or of one generation or file of it. The money stays, and is still proven. */
export async function erase(
  deps: PruneDeps,
  scope: { accountId: string; id?: string },
): Promise<Pruned> {
  const content = { ...NOTHING }
  await removeFiles(deps, scope, content, false)
  await forgetPrompts(deps, scope, content, false)
  return content
}

/** The files go first, so that an interrupted removal is found and repeated. */
async function removeFiles(
  { db, files, now }: PruneDeps,
  scope: Scope,
  done: Pruned,
  dryRun: boolean,
): Promise<void> {
  for (let after = '', full = true; full;) {
    const page = await db.read(() => keptFiles(scope, after))
    full = page.length === PAGE
    after = page.at(-1)?.id ?? after
    if (!dryRun) await removePage({ db, files, now }, page)
    done.files += page.length
    done.bytes += page.reduce((sum, { bytes }) => sum + bytes, 0)
  }
}

type Page = readonly Parameters<Files['remove']>[0][]

async function removePage(
  { db, files, now }: Pick<PruneDeps, 'db' | 'files' | 'now'>,
  page: Page,
): Promise<void> {
  for (let from = 0; from < page.length; from += AT_ONCE)
    await Promise.all(page.slice(from, from + AT_ONCE).map((file) => files.remove(file)))
  const removed_at = now()
  await db.write(function* mark() {
    for (const { id } of page) yield* markRemoved({ id, removed_at })
  })
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
