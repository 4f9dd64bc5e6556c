import type { Db, TransactionBody } from '../db/db.ts'
import { RETRIES_MAX } from '../db/schema/billing.ts'
import { DAY_MS } from '../ledger/rules.ts'
import type { Log } from '../log.ts'
import type { Files } from './files.ts'
import {
  dropDeadLetters,
  dropKeys,
  dropMcpSessions,
  dropOAuthRecords,
  dropPageSessions,
  dropRefusals,
  forget,
  PAGE,
  rememberedAfter,
  START,
  type Scope,
} from './prune-queries.ts'
import { removeFiles, type Removed } from './remove-files.ts'
import type { Retention } from './retention.ts'
import { removeExpiredUploads } from './upload.ts'

/** How long results are found by their idempotency keys, sessions of clients and refusals are kept, in milliseconds. */
const KEPT_MS = 30 * DAY_MS
/** What was removed, or would be. */
export type Pruned = Removed & {
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
  left: [],
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
    await part(async () => {
      done.prompts = await forgetPrompts(deps, { before: at - prompts }, dryRun)
    })
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
  await all(() => dropOAuthRecords({ at }))
  await db.write(() => dropDeadLetters({ before, tries: RETRIES_MAX }))
}

/** Forgets the prompts of generations that have ended. Returns how many, or only counts them. */
export async function forgetPrompts(
  { db, now }: PruneDeps,
  scope: Scope,
  dryRun = false,
): Promise<number> {
  let prompts = 0
  for (let after = START, full = true; full;) {
    const page = await db.read(() => rememberedAfter(scope, after))
    full = page.length === PAGE
    after = page.at(-1) ?? after
    if (!dryRun && page.length > 0) await db.write(() => forget(page, now()))
    prompts += page.length
  }
  return prompts
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
