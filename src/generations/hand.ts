import type { Db, Unit } from '../db/db.ts'
import type { Log } from '../log.ts'
import type { Modality } from '../pricing/catalog.ts'
import type { Progress, ProviderResult, RunOptions } from '../providers/provider.ts'
import { extendHold } from '../ledger/queries/hold.ts'
import { HOLD_MS, type Lease } from './begin.ts'
import type { PricedJob } from './finish.ts'
import type { Remarks } from './generation.ts'
import type { FilePlan } from './outputs.ts'
import { acceptGeneration, noteUnsaved, renewLease } from './queries.ts'

export type Work = (options: RunOptions) => Promise<ProviderResult>
export type Start = {
  job: PricedJob
  files: FilePlan
  count: number
  /** What its files have to be; null where they may be anything. */
  kind: Modality | null
  /** What is known of its result beside its files, from before its work on. */
  known: Partial<Remarks>
  /** In milliseconds. */
  begunAt: number
  work: Work
  onProgress?: (progress: Progress) => void
  /** Where another process began it: the provider's id, and since when its files wait for disk space, in milliseconds. */
  takenOver?: { upstreamId: string; unsavedAt: number | null }
}

/** One job in the hands of this process, and how far it has come. */
export type Hand = Start & {
  cancelling: AbortController
  upstreamId: string | null
  unsavedAt: number | null
  /** How often there was something new of them, and how much of that the ledger knows. */
  news: number
  noted: number
  /** Whether it is done, and waits for disk space to be saved or charged. */
  waits: boolean
  /** Resolves when nobody should stay for it any more: neither its call, nor a process that stops. */
  answerable: PromiseWithResolvers<void>
}

/** A job as it begins here. */
export function takeInHand(start: Start): Hand {
  const { upstreamId = null, unsavedAt = null } = start.takenOver ?? {}
  return {
    ...start,
    cancelling: new AbortController(),
    upstreamId,
    unsavedAt,
    news: 0,
    noted: 0,
    waits: unsavedAt !== null,
    answerable: Promise.withResolvers<void>(),
  }
}

type Deps = { db: Db; log: Log; now: () => number }

/** Tells the ledger what is new of a job. What it cannot take now the next heartbeat brings: the work goes on. */
export async function note({ db, log }: Deps, hand: Hand): Promise<void> {
  hand.news += 1
  const { news } = hand
  try {
    await db.write(() => notes(hand))
    hand.noted = Math.max(hand.noted, news)
  } catch (error) {
    log.warn('generation.not_noted', { generation: hand.job.id, error })
  }
}

function* notes({ job: { id }, upstreamId, known, unsavedAt }: Hand): Unit<void> {
  if (upstreamId !== null) yield* acceptGeneration({ id, upstream_id: upstreamId })
  if (unsavedAt === null) return
  yield* noteUnsaved({ id, remarks: JSON.stringify(known), unsaved_at: unsavedAt })
}

/** Keeps a job with this process, and its hold alive. */
export async function beat({ db, log, now }: Deps, hand: Hand, lease: Lease): Promise<void> {
  const { id } = hand.job
  const { news } = hand // what comes while this is written is not in it
  try {
    await db.write(function* renew() {
      if (hand.noted < news) yield* notes(hand)
      const [ours] = yield* renewLease({ id, lease_owner: lease.owner, lease_until: lease.until })
      if (ours !== undefined) yield* extendHold({ id, expires_at: now() + HOLD_MS })
    })
    hand.noted = Math.max(hand.noted, news)
  } catch (error) {
    log.warn('generation.heartbeat_missed', { generation: id, error })
  }
}
