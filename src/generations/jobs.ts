import { setTimeout as sleep } from 'node:timers/promises'
import { crypto } from '../crypto.ts'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { HoldError } from '../ledger/post.ts'
import type { Log } from '../log.ts'
import type { Meter } from '../metrics.ts'
import {
  OutcomeUnknownError,
  type Progress,
  type ProviderResult,
  type RequestRemarks,
  type RunOptions,
} from '../providers/provider.ts'
import { HOLD_MS, type Lease } from './begin.ts'
import { COMPLETE, FAIL } from './commands.ts'
import type { Job, Result } from './finish.ts'
import { storeFailure } from './generation.ts'
import { discard, saveAll, type FilePlan } from './outputs.ts'
import { acceptGeneration, noteFailure, renewHold, renewLease } from './rows.ts'

export type JobsOptions = {
  db: Db
  log: Log
  meter: Meter
  outputDir: string
  /** Whether files say what they were made from. */
  metadata: boolean
  now: () => number
  /** How long a lease counts without a heartbeat, in milliseconds. */
  leaseMs: number
}

export type Work = (options: RunOptions) => Promise<ProviderResult>
export type Start = {
  job: Job
  files: FilePlan
  count: number
  /** What was said of the request before it was sent: the result says it too. */
  remarks: RequestRemarks
  work: Work
  onProgress?: (progress: Progress) => void
}
export type Running = { done: Promise<void>; cancel: () => void }

export type Jobs = {
  /** Runs work whose hold stands, and settles it whatever happens. `done` never rejects. */
  start(start: Start): Running
  running(id: string): Running | undefined
  lease(): Lease
  /** Waits for the work in hand, at most this long. */
  drain(timeoutMs: number): Promise<void>
}

/** The work in hand of this process: every job ends in exactly one capture or release. */
export function createJobs(options: JobsOptions): Jobs {
  const inHand = new Map<string, Running>()
  let owner: string | undefined // names this process in its leases
  const lease = (): Lease => {
    owner ??= crypto().randomUUID()
    return { owner, until: options.now() + options.leaseMs }
  }

  return {
    start(start) {
      const controller = new AbortController()
      const heartbeat = setInterval(
        () => void beat(options, start.job.id, lease()),
        options.leaseMs / 3,
      )
      heartbeat.unref()
      const done = run(options, start, controller.signal).finally(() => {
        clearInterval(heartbeat)
        inHand.delete(start.job.id)
      })
      const running = { done, cancel: () => controller.abort() }
      inHand.set(start.job.id, running)
      return running
    },
    running: (id) => inHand.get(id),
    lease,
    drain: async (timeoutMs) => {
      const all = Promise.all([...inHand.values()].map(({ done }) => done))
      await Promise.race([all, sleep(timeoutMs, undefined, { ref: false })])
    },
  }
}

/** One job from work to settlement. What it throws is logged: the outcome stands in the database. */
async function run(
  options: JobsOptions,
  { job, files: plan, count, remarks, work, onProgress }: Start,
  signal: AbortSignal,
): Promise<void> {
  const { db, log, meter, now } = options
  const startedAt = now()
  const ended = (outcome: string): void =>
    meter.record('generation_seconds', (now() - startedAt) / 1000, { outcome })
  try {
    const result = await attempt(async () => {
      const made = await work({
        signal,
        onProgress: onProgress ?? (() => {}),
        onAccepted: (upstreamId) => db.write(() => noted(job.id, upstreamId)),
      })
      const { outputs, upstreamCost = null, ...rest } = made
      const dropped = [...remarks.dropped, ...(made.dropped ?? [])]
      const { files, renamed } = await saveAll(options, plan, outputs.slice(0, count))
      const adjusted = [...remarks.adjusted, ...(made.adjusted ?? []), ...renamed]
      return { ...rest, files, adjusted, dropped, upstreamCost }
    })
    if (result instanceof OutcomeUnknownError) {
      await db.write(() => noteFailure({ id: job.id, error: storeFailure(result) }))
      log.warn('generation.outcome_unknown', { generation: job.id })
      ended('unknown')
      return
    }
    if (result instanceof AppError) {
      await db.apply(FAIL, { id: job.id, failure: result, at: now(), state: 'released' })
      log.info('generation.failed', {
        generation: job.id,
        code: result.code,
        cause: result.cause,
        ms: now() - startedAt,
      })
      ended(result.code)
      return
    }
    await settle(options, job, result)
    log.info('generation.completed', {
      generation: job.id,
      outputs: result.files.length,
      ms: now() - startedAt,
    })
    ended('completed')
    meter.record('charged_micro_dollars_total', job.unitPrice * result.files.length, {})
  } catch (error) {
    log.error('generation.unsettled', { generation: job.id, error })
  }
}

/** What a body answers, or why it failed: a fault of ours is worded as one. Never rejects. */
export async function attempt<T>(body: () => Promise<T>): Promise<T | AppError> {
  try {
    return await body()
  } catch (cause) {
    if (cause instanceof AppError) return cause
    return new AppError('internal', 'The work broke off by a fault of ours; nothing was charged.', {
      hint: 'Try again, or read the log of the server for the cause.',
      cause,
    })
  }
}

/** Tries for a settlement that the disk refuses, and the wait before the second of them, in milliseconds. */
const SETTLE_TRIES = 4
const SETTLE_WAIT_MS = 250

/** Where the hold ended while the work went on, or another process was faster, the files are nobody's and go. */
async function settle({ db, log, now }: JobsOptions, job: Job, result: Result): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      const ours = await db.apply(COMPLETE, { job, result, at: now() })
      if (!ours) await discard(result.files)
      return
    } catch (error) {
      if (error instanceof HoldError) await discard(result.files)
      if (error instanceof HoldError || tries === SETTLE_TRIES) throw error
      log.warn('generation.settle_retried', { generation: job.id, error })
      await sleep(SETTLE_WAIT_MS * 2 ** (tries - 1))
    }
  }
}

function* noted(id: string, upstreamId: string) {
  yield* acceptGeneration({ id, upstream_id: upstreamId })
}

async function beat({ db, log, now }: JobsOptions, id: string, lease: Lease): Promise<void> {
  try {
    await db.write(function* renew() {
      const [ours] = yield* renewLease({ id, lease_owner: lease.owner, lease_until: lease.until })
      if (ours !== undefined) yield* renewHold({ id, expires_at: now() + HOLD_MS })
    })
  } catch (error) {
    log.warn('generation.heartbeat_missed', { generation: id, error })
  }
}
