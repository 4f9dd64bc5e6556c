import { atMost } from '../at-most.ts'
import { crypto } from '../crypto.ts'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { HoldError } from '../ledger/post.ts'
import type { Log } from '../log.ts'
import type { DiskSpace } from '../media/disk-space.ts'
import type { Meter } from '../metrics.ts'
import { OutcomeUnknownError, UnpaidWorkError } from '../providers/provider.ts'
import { inStep } from '../trace.ts'
import type { Lease } from './begin.ts'
import { COMPLETE, FAIL } from './commands.ts'
import { deliver } from './deliver.ts'
import type { Result } from './finish.ts'
import { storeFailure } from './generation.ts'
import { activate, sendHeartbeat, storeProgress, type ActiveJob, type Start } from './active-job.ts'
import { leaveJobs } from './leave.ts'
import { measureUnpaid, measureWork } from './measure.ts'
import { attempt } from './attempt.ts'
import { discard, discardAll, type Saving } from './outputs.ts'
import { retryWrite } from './retry.ts'
import { markUnknown } from './queries.ts'

/** How long a process that ends waits for files to be saved and charged, in milliseconds. */
const SAVING_MS = 800

export type JobsOptions = Saving & {
  db: Db
  log: Log
  meter: Meter
  diskSpace: DiskSpace
  /** The time, in milliseconds since 1970. */
  now: () => number
  /** How long a lease lasts without a heartbeat, in milliseconds. */
  leaseMs: number
}

type Running = {
  /** Resolves when the job has ended, or this process has left it to another. Never rejects. */
  done: Promise<void>
  /** Resolves with `done`, or as soon as the job waits for disk space or the ledger: then callers stop waiting for it. */
  answerable: Promise<void>
  /** Resolves with `answerable`, or as soon as another process could continue the work. */
  resumable: Promise<void>
  /** Whether the work is done and waits for disk space. */
  waits: () => boolean
  /** Whether its files are being saved, or are saved and not yet charged. */
  saves: () => boolean
  cancel: () => void
}

export type Jobs = {
  /** Runs work whose hold is open, and captures or releases the hold in the end. */
  start(start: Start): Running
  /** Returns the job of a generation if this process runs it. */
  running(id: string): Running | undefined
  /** Returns a new lease for this process. */
  lease(): Lease
  /** Waits for the running work, at most this long, and never for disk space. */
  drain(timeoutMs: number): Promise<void>
  /** As `leaveJobs`, for all work of this process. */
  leave(timeoutMs: number): Promise<void>
  /**
   * Leaves work that waits for disk space to other processes. Files that are being saved are charged first, and from now
   * on none is saved.
   */
  close(): Promise<void>
}

/** Creates the jobs of this process. Every job ends in exactly one capture or release. */
export function createJobs(options: JobsOptions): Jobs {
  const activeJobs = new Map<string, Running>()
  let owner: string | undefined // identifies this process in its leases
  const lease = (): Lease => {
    owner ??= crypto().randomUUID()
    return { owner, until: options.now() + options.leaseMs }
  }

  const stopping = new AbortController()
  const context = { ...options, stopping: stopping.signal }

  return {
    start(start) {
      const active = activate(start)
      const heartbeat = setInterval(
        () => void sendHeartbeat(options, active, lease()),
        options.leaseMs / 3,
      )
      heartbeat.unref()
      const done = run(context, active).finally(() => {
        clearInterval(heartbeat)
        activeJobs.delete(start.job.id)
      })
      const answerable = Promise.race([done, active.answerable.promise])
      const running = {
        done,
        answerable,
        resumable: Promise.race([answerable, active.resumable.promise]),
        waits: () => active.waits,
        saves: () => active.saves,
        cancel: () => active.cancelling.abort(),
      }
      activeJobs.set(start.job.id, running)
      return running
    },
    running: (id) => activeJobs.get(id),
    lease,
    drain: (timeoutMs) =>
      atMost(Promise.all([...activeJobs.values()].map(({ answerable }) => answerable)), timeoutMs),
    leave: (timeoutMs) => leaveJobs(options, { jobs: [...activeJobs.values()], lease, timeoutMs }),
    close: async () => {
      stopping.abort()
      const saving = [...activeJobs.values()].filter(({ saves }) => saves())
      await atMost(Promise.all(saving.map(({ done }) => done)), SAVING_MS)
    },
  }
}

type Context = JobsOptions & { stopping: AbortSignal }

/**
 * Runs one job from its work to the capture or release. The result goes to the database and not to the caller: another
 * process may finish the job. Errors are logged.
 */
async function run(context: Context, active: ActiveJob): Promise<void> {
  const { db, log, meter, now } = context
  const { job, labels } = active
  const startedAt = now()
  const ended = (outcome: string): void =>
    meter.record('generation_seconds', (now() - startedAt) / 1000, { ...labels, outcome })
  try {
    const result = await attempt(() => makeAndSave(context, active))
    if (result === null) return // the process stops before there is disk space: another one continues
    if (result instanceof OutcomeUnknownError) {
      const unknown = { id: job.id, error: storeFailure(result) }
      await writeWithRetry(context, active, () => db.write(() => markUnknown(unknown)))
      log.warn('generation.outcome_unknown', { generation: job.id })
      ended('unknown')
      return
    }
    if (result instanceof AppError) {
      const failed = { id: job.id, failure: result, at: now(), state: 'released' as const }
      const ours = await writeWithRetry(context, active, () => db.apply(FAIL, failed))
      if (ours && result instanceof UnpaidWorkError) measureUnpaid(meter, result.code, result.bill)
      log.info('generation.failed', {
        generation: job.id,
        code: result.code,
        cause: result.cause,
        ...(result instanceof UnpaidWorkError && { unpaid: result.bill }),
        ms: now() - startedAt,
      })
      ended(result.code)
      return
    }
    const ours = await completeWithRetry(context, active, result)
    log.info('generation.completed', {
      generation: job.id,
      outputs: result.files.length,
      ms: now() - startedAt,
    })
    ended('completed')
    if (!ours) return // the process that settled it records the metrics
    meter.record('charged_micro_dollars_total', job.unitPrice * result.files.length, labels)
    if (result.unpaid !== undefined) measureUnpaid(meter, 'partial', result.unpaid)
  } catch (error) {
    log.error('generation.unsettled', { generation: job.id, error })
  }
}

/** As `deliver`, and stores its progress in the ledger. */
function makeAndSave(context: Context, active: ActiveJob): Promise<Result | null> {
  const { job, files, count, kind, begunAt, onProgress = () => {} } = active
  const onAccepted = async (upstreamId: string): Promise<void> => {
    active.upstreamId = upstreamId
    await storeProgress(context, active)
    if (upstreamId.split(',').length >= (active.upstreamJobs ?? 1)) active.resumable.resolve()
  }
  return deliver(context, {
    id: job.id,
    plan: files,
    count,
    kind,
    begunAt,
    known: active.known,
    isUnsaved: active.unsavedAt !== null,
    work: () =>
      measureWork(context.meter, active.labels, () =>
        active.work({ signal: active.cancelling.signal, onProgress, onAccepted }),
      ),
    isRetained: () => active.upstreamId !== null,
    onSaving: () => (active.saves = true),
    onUnsaved: async (known) => {
      active.waits = true
      active.answerable.resolve()
      onProgress({ fraction: 0.9, message: 'Done; waiting for disk space' })
      if (active.unsavedAt !== null && active.storedChanges === active.changes) return
      active.known = known
      active.unsavedAt ??= context.now()
      await storeProgress(context, active)
    },
  })
}

/**
 * Captures the hold and stores the result. If the hold has already ended or another process settled it, deletes the
 * files. Returns whether this process settled it.
 */
async function completeWithRetry(
  context: Context,
  active: ActiveJob,
  result: Result,
): Promise<boolean> {
  const { db, now, store } = context
  const { job, takenOver } = active
  try {
    const complete = () =>
      inStep({ name: 'capture' }, () => db.apply(COMPLETE, { job, result, at: now() }))
    const ours = await writeWithRetry(context, active, complete, () => (active.waits = true))
    if (!ours) await discard(store, result.files)
    // Remains of the process that began the job: copies of the same files, or parts of them.
    else if (takenOver !== undefined) await discardAll(store, job.id, result.files)
    return ours
  } catch (error) {
    if (error instanceof HoldError) await discard(store, result.files)
    throw error
  }
}

/** Writes the end of a job. Retries for as long as the ledger cannot be used. */
function writeWithRetry<T>(
  { log, stopping }: Context,
  active: ActiveJob,
  write: () => Promise<T>,
  onLongWait: () => void = () => {},
): Promise<T> {
  return retryWrite(write, {
    stopping,
    isFinal: (error) => error instanceof HoldError,
    onRetry: (error) => log.warn('generation.settle_retried', { generation: active.job.id, error }),
    onLongWait: () => {
      onLongWait()
      active.answerable.resolve()
    },
  })
}
