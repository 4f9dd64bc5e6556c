import type { Db, TransactionBody } from '../db/db.ts'
import type { Log } from '../log.ts'
import type { WorkLabels } from '../metrics.ts'
import type { Modality } from '../pricing/catalog.ts'
import type { Progress, ProviderResult, RunOptions } from '../providers/provider.ts'
import { extendHold } from '../ledger/queries/hold.ts'
import { HOLD_MS, type Lease } from './begin.ts'
import type { PricedJob } from './finish.ts'
import type { Remarks } from './generation.ts'
import type { FilePlan } from './outputs.ts'
import { acceptGeneration, noteUnsaved, renewLease } from './queries.ts'

/** Does the work at the provider. */
export type Work = (options: RunOptions) => Promise<ProviderResult>
/** What a job needs to start. */
export type Start = {
  job: PricedJob
  files: FilePlan
  count: number
  /** Number of jobs that the work is at the provider. */
  upstreamJobs?: number
  /** The required modality of its files; null allows any. */
  kind: Modality | null
  labels: WorkLabels
  /** What is known of its result, apart from the files. */
  known: Partial<Remarks>
  /** In milliseconds since 1970. */
  begunAt: number
  work: Work
  onProgress?: (progress: Progress) => void
  /**
   * If another process began it: the provider's id, and since when its files wait for disk space (milliseconds since
   * 1970).
   */
  takenOver?: { upstreamId: string; unsavedAt: number | null }
}

/** A job that this process runs, and its progress. */
export type ActiveJob = Start & {
  cancelling: AbortController
  upstreamId: string | null
  unsavedAt: number | null
  /** Number of changes of the two fields above, and how many of them the ledger has. */
  changes: number
  storedChanges: number
  /** Whether its work is done and waits for disk space, to be saved or charged. */
  waits: boolean
  /** Whether its files are being saved, or are saved and not yet charged. */
  saves: boolean
  /** Resolves when its call, or a process that stops, should no longer wait for it. */
  answerable: PromiseWithResolvers<void>
  /** Resolves when another process could continue the work: the ledger has all ids of the provider. */
  resumable: PromiseWithResolvers<void>
}

/** Returns the state of a job that starts in this process. */
export function activate(start: Start): ActiveJob {
  const { upstreamId = null, unsavedAt = null } = start.takenOver ?? {}
  const resumable = Promise.withResolvers<void>()
  if (upstreamId !== null) resumable.resolve()
  return {
    ...start,
    resumable,
    cancelling: new AbortController(),
    upstreamId,
    unsavedAt,
    changes: 0,
    storedChanges: 0,
    waits: unsavedAt !== null,
    saves: false,
    answerable: Promise.withResolvers<void>(),
  }
}

type Deps = { db: Db; log: Log; now: () => number }

/** Stores the progress of a job in the ledger. Never rejects: after a failure the next heartbeat stores it. */
export async function storeProgress({ db, log }: Deps, active: ActiveJob): Promise<void> {
  active.changes += 1
  const { changes } = active
  try {
    await db.write(() => progressWrites(active))
    active.storedChanges = Math.max(active.storedChanges, changes)
  } catch (error) {
    log.warn('generation.not_noted', { generation: active.job.id, error })
  }
}

function* progressWrites({
  job: { id },
  upstreamId,
  known,
  unsavedAt,
}: ActiveJob): TransactionBody<void> {
  if (upstreamId !== null) yield* acceptGeneration({ id, upstream_id: upstreamId })
  if (unsavedAt === null) return
  yield* noteUnsaved({ id, remarks: JSON.stringify(known), unsaved_at: unsavedAt })
}

/** Renews the lease of a job and extends its hold. Never rejects: the next heartbeat tries again. */
export async function sendHeartbeat(
  { db, log, now }: Deps,
  active: ActiveJob,
  lease: Lease,
): Promise<void> {
  const { id } = active.job
  const { changes } = active // changes made during the write are not part of it
  try {
    await db.write(function* renew() {
      if (active.storedChanges < changes) yield* progressWrites(active)
      const [ours] = yield* renewLease({ id, lease_owner: lease.owner, lease_until: lease.until })
      if (ours !== undefined) yield* extendHold({ id, expires_at: now() + HOLD_MS })
    })
    active.storedChanges = Math.max(active.storedChanges, changes)
  } catch (error) {
    log.warn('generation.heartbeat_missed', { generation: id, error })
  }
}
