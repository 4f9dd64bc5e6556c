import { setTimeout as sleep } from 'node:timers/promises'
import { crypto } from '../crypto.ts'
import type { Db } from '../db/db.ts'
import { AppError } from '../errors.ts'
import { HoldError } from '../ledger/post.ts'
import type { Log } from '../log.ts'
import type { DiskSpace } from '../media/disk-space.ts'
import type { Meter } from '../metrics.ts'
import { usdNumber } from '../money.ts'
import { OutcomeUnknownError, UnpaidWorkError, type UpstreamBill } from '../providers/provider.ts'
import type { Lease } from './begin.ts'
import { COMPLETE, FAIL } from './commands.ts'
import { deliver } from './deliver.ts'
import type { Result } from './finish.ts'
import { storeFailure } from './generation.ts'
import { beat, note, takeInHand, type Hand, type Start } from './hand.ts'
import { discard, discardAll } from './outputs.ts'
import { untilWritten } from './retry.ts'
import { noteFailure } from './queries.ts'

export type JobsOptions = {
  db: Db
  log: Log
  meter: Meter
  diskSpace: DiskSpace
  outputDir: string
  /** Whether files say what they were made from. */
  metadata: boolean
  now: () => number
  /** How long a lease counts without a heartbeat, in milliseconds. */
  leaseMs: number
}

type Running = {
  done: Promise<void>
  /** Resolves with the work, or as soon as that waits for disk space: then there is nothing to stay for. */
  answerable: Promise<void>
  /** Whether the work is done and waits for disk space. */
  waits: () => boolean
  cancel: () => void
}

export type Jobs = {
  /** Runs work whose hold stands, and settles it whatever happens. `done` never rejects. */
  start(start: Start): Running
  running(id: string): Running | undefined
  lease(): Lease
  /** Waits for the work in hand, at most this long, and never for disk space. */
  drain(timeoutMs: number): Promise<void>
  /** Leaves what waits for disk space to other processes. */
  close(): void
}

/** The work in hand of this process: every job ends in exactly one capture or release. */
export function createJobs(options: JobsOptions): Jobs {
  const inHand = new Map<string, Running>()
  let owner: string | undefined // names this process in its leases
  const lease = (): Lease => {
    owner ??= crypto().randomUUID()
    return { owner, until: options.now() + options.leaseMs }
  }

  const stopping = new AbortController()
  const context = { ...options, stopping: stopping.signal }

  return {
    start(start) {
      const hand = takeInHand(start)
      const heartbeat = setInterval(() => void beat(options, hand, lease()), options.leaseMs / 3)
      heartbeat.unref()
      const done = run(context, hand).finally(() => {
        clearInterval(heartbeat)
        inHand.delete(start.job.id)
      })
      const running = {
        done,
        answerable: Promise.race([done, hand.answerable.promise]),
        waits: () => hand.waits,
        cancel: () => hand.cancelling.abort(),
      }
      inHand.set(start.job.id, running)
      return running
    },
    running: (id) => inHand.get(id),
    lease,
    drain: async (timeoutMs) => {
      const all = Promise.all([...inHand.values()].map(({ answerable }) => answerable))
      await Promise.race([all, sleep(timeoutMs, undefined, { ref: false })])
    },
    close: () => stopping.abort(),
  }
}

type Context = JobsOptions & { stopping: AbortSignal }

/** One job from work to settlement. What it throws is logged: the outcome stands in the database. */
async function run(context: Context, hand: Hand): Promise<void> {
  const { db, log, meter, now } = context
  const { job } = hand
  const startedAt = now()
  const ended = (outcome: string): void =>
    meter.record('generation_seconds', (now() - startedAt) / 1000, { outcome })
  try {
    const result = await attempt(() => makeAndSave(context, hand))
    if (result === null) return // the process stops before there is space: another one goes on
    if (result instanceof OutcomeUnknownError) {
      const unknown = { id: job.id, error: storeFailure(result) }
      await written(context, hand, () => db.write(() => noteFailure(unknown)))
      log.warn('generation.outcome_unknown', { generation: job.id })
      ended('unknown')
      return
    }
    if (result instanceof AppError) {
      const failed = { id: job.id, failure: result, at: now(), state: 'released' as const }
      const ours = await written(context, hand, () => db.apply(FAIL, failed))
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
    const ours = await completeWithRetry(context, hand, result)
    log.info('generation.completed', {
      generation: job.id,
      outputs: result.files.length,
      ms: now() - startedAt,
    })
    ended('completed')
    if (!ours) return // what it cost is counted where it was settled
    meter.record('charged_micro_dollars_total', job.unitPrice * result.files.length, {})
    if (result.unpaid !== undefined) measureUnpaid(meter, 'partial', result.unpaid)
  } catch (error) {
    log.error('generation.unsettled', { generation: job.id, error })
  }
}

/** As `deliver`, told to the ledger as it goes. */
function makeAndSave(context: Context, hand: Hand): Promise<Result | null> {
  const { job, files, count, kind, begunAt, onProgress = () => {} } = hand
  const onAccepted = (upstreamId: string): Promise<void> => {
    hand.upstreamId = upstreamId
    return note(context, hand)
  }
  return deliver(context, {
    id: job.id,
    plan: files,
    count,
    kind,
    begunAt,
    known: hand.known,
    isUnsaved: hand.unsavedAt !== null,
    work: () => hand.work({ signal: hand.cancelling.signal, onProgress, onAccepted }),
    isKept: () => hand.upstreamId !== null,
    onUnsaved: async (known) => {
      hand.waits = true
      hand.answerable.resolve()
      onProgress({ fraction: 0.9, message: 'Done; waiting for disk space' })
      if (hand.unsavedAt !== null && hand.noted === hand.news) return
      hand.known = known
      hand.unsavedAt ??= context.now()
      await note(context, hand)
    },
  })
}

/** What a body answers, or why it failed: a fault of ours is worded as one. Never rejects. */
export async function attempt<T>(body: () => Promise<T>): Promise<T | AppError> {
  try {
    return await body()
  } catch (cause) {
    if (cause instanceof AppError) return cause
    return new AppError('internal', 'The work broke off by a fault of ours; nothing was charged.', {
      hint: 'Try again; if it stays, tell whoever runs this server: its log has the cause.',
      cause,
    })
  }
}

function measureUnpaid({ record }: Meter, code: string, { jobs, cost }: UpstreamBill): void {
  record('unpaid_jobs_total', jobs, { code })
  record('unpaid_dollars_total', usdNumber(cost ?? 0), { code })
}

/**
 * Where the hold ended while the work went on, or another process was faster, the files are nobody's and go. Answers
 * whether it was this process that settled it.
 */
async function completeWithRetry(context: Context, hand: Hand, result: Result): Promise<boolean> {
  const { db, now, outputDir } = context
  const { job, takenOver } = hand
  try {
    const complete = () => db.apply(COMPLETE, { job, result, at: now() })
    const ours = await written(context, hand, complete, () => (hand.waits = true))
    if (!ours) await discard(result.files)
    // What the process left that began it: a copy of the same files, or parts of them.
    else if (takenOver !== undefined) await discardAll(outputDir, job.id, result.files)
    return ours
  } catch (error) {
    if (error instanceof HoldError) await discard(result.files)
    throw error
  }
}

/** The end of a job is written as soon as the ledger can be used again, however long that takes. */
function written<T>(
  { log, stopping }: Context,
  hand: Hand,
  write: () => Promise<T>,
  onLongWait: () => void = () => {},
): Promise<T> {
  return untilWritten(write, {
    stopping,
    isFinal: (error) => error instanceof HoldError,
    onRetry: (error) => log.warn('generation.settle_retried', { generation: hand.job.id, error }),
    onLongWait: () => {
      onLongWait()
      hand.answerable.resolve()
    },
  })
}
