import { setTimeout as sleep } from 'node:timers/promises'
import type { Signal } from './signal.ts'
import type { Charge, Job } from './books.ts'
import { infraError, type Performed } from './errors.ts'
import { isJobFault, type JobFault } from './fault.ts'
import { newRequestId } from './ids.ts'
import type { FalModel } from './model.ts'
import { perform } from './perform.ts'
import type { Web } from './read-inputs.ts'
import type { Script } from './script.ts'
import { newPath, type FileStore } from './store.ts'

type Timing = { queueMs: number; runMs: number; concurrency: number }

type Ticket = {
  endpoint: string
  via: Job['via']
  input: unknown
  /** How long the caller lets the job wait for a runner. */
  startTimeoutMs?: number | undefined
}

type CancelWord = 'OK' | 'CANCELLATION_REQUESTED' | 'ALREADY_COMPLETED'

export type Jobs = {
  readonly all: Job[]
  readonly charges: Charge[]
  accept(ticket: Ticket): Job
  find(requestId: string): Job | undefined
  faultsOf(job: Job): readonly JobFault[]
  cancel(job: Job): CancelWord
  /** Counts a status poll, which a slow queue waits for. */
  polled(job: Job): void
  /** Waits until every job has ended that can end by itself. */
  idle(): Promise<void>
}

type Deps = {
  models: Readonly<Record<string, FalModel>>
  script: Script
  store: FileStore
  web: Web
  changed: Signal
  timing: Timing
  signal: AbortSignal
}

/** A job behind the scenes. */
type Run = { job: Job; faults: JobFault[]; isCancelled: boolean }

const CANCELLED = infraError('cancelled', 499, 'client_cancelled')
const TOO_LATE = infraError('timeout', 504, 'request_timeout', {
  'x-fal-request-timeout-type': 'user',
})

/** fal's queue: every accepted job lives on its own from then on, whether anyone looks or not. */
export function createJobs(deps: Deps): Jobs {
  const { changed, timing, signal } = deps
  const runs = new Map<string, Run>()
  const charges: Charge[] = []
  const pause = (ms: number) => sleep(ms, undefined, { signal, ref: false })

  function close({ job, faults }: Run, { ending, answer, units }: Performed): void {
    const told = find(faults, 'units')?.value
    const silent = find(faults, 'noUnits') !== undefined
    const text = told ?? String(units)
    const isBare = silent || units === null || (ending !== 'ok' && told === undefined)
    job.ending = ending
    job.answer = {
      ...answer,
      headers: {
        'x-fal-request-id': job.requestId,
        'x-fal-served-from': 'emulator',
        'x-robots-tag': 'noindex',
        ...(isBare ? {} : { 'x-fal-billable-units': text }),
        ...answer.headers,
      },
    }
    if (units !== null) {
      const charged = Number.isFinite(Number(text)) ? text : String(units)
      charges.push(charge(job, deps.models[job.endpoint], charged))
    }
    job.state = 'COMPLETED'
    changed.notify()
  }

  async function live(run: Run): Promise<void> {
    const { job, faults } = run
    const stuck = find(faults, 'stuck')
    const polls = find(faults, 'slowQueue')?.polls ?? 0
    await pause(timing.queueMs)
    const mustWait = () =>
      job.polls < polls || stuck?.in === 'IN_QUEUE' || running() >= timing.concurrency
    while (job.ending === null && mustWait()) await changed.wait()
    if (job.ending !== null) return // cancelled or too late
    job.state = 'IN_PROGRESS'
    const performed = await perform(job, {
      model: deps.models[job.endpoint],
      faults,
      web: deps.web,
      store: (bytes, contentType, extension) => {
        const path = newPath(`output.${extension}`)
        const file = deps.store.keep({ path, contentType, bytes, endpoint: job.endpoint })
        job.files.push(file.url)
        return file.url
      },
    })
    await pause(timing.runMs)
    while (staysStuck(run)) await changed.wait()
    if (run.isCancelled) return close(run, CANCELLED)
    const broken = find(faults, 'completedWithError')
    if (broken === undefined) return close(run, performed)
    close(
      run,
      infraError('failed', broken.status ?? 503, broken.errorType ?? 'runner_disconnected'),
    )
  }

  async function expire(run: Run, ms: number): Promise<void> {
    await pause(ms)
    if (run.job.state === 'IN_QUEUE') close(run, TOO_LATE)
  }

  const staysStuck = ({ faults, isCancelled }: Run) =>
    find(faults, 'stuck') !== undefined && !isCancelled
  const running = () => all().filter(({ state }) => state === 'IN_PROGRESS').length
  const all = () => [...runs.values()].map(({ job }) => job)
  /** Whether a job ends without anybody's doing. */
  const isMoving = ({ job, faults }: Run) =>
    job.state !== 'COMPLETED' &&
    find(faults, 'stuck') === undefined &&
    job.polls >= (find(faults, 'slowQueue')?.polls ?? 0)

  return {
    charges,
    get all() {
      return all()
    },
    accept({ endpoint, via, input, startTimeoutMs }) {
      const faults = deps.script.take('job', endpoint).filter(isJobFault)
      const job = newJob(endpoint, via, input)
      const run: Run = { job, faults, isCancelled: false }
      runs.set(job.requestId, run)
      void live(run).catch((error: unknown) => {
        if (signal.aborted) return
        close(run, infraError('failed', 500, 'internal_error'))
        throw error
      })
      if (startTimeoutMs !== undefined) void expire(run, startTimeoutMs).catch(() => undefined)
      return job
    },
    find: (requestId) => runs.get(requestId)?.job,
    faultsOf: ({ requestId }) => runs.get(requestId)?.faults ?? [],
    cancel({ requestId, state }) {
      const run = runs.get(requestId)
      if (run === undefined || state === 'COMPLETED') return 'ALREADY_COMPLETED'
      const isRace = find(run.faults, 'cancelRace') !== undefined
      const isQueued = state === 'IN_QUEUE' && !isRace
      if (isQueued) close(run, CANCELLED)
      else if (find(run.faults, 'cancelStops') !== undefined) run.isCancelled = true
      changed.notify()
      return isQueued ? 'OK' : 'CANCELLATION_REQUESTED'
    },
    polled(job) {
      job.polls += 1
      changed.notify()
    },
    async idle() {
      while ([...runs.values()].some(isMoving)) await changed.wait()
    },
  }
}

function newJob(endpoint: string, via: Job['via'], input: unknown): Job {
  return {
    requestId: newRequestId(),
    endpoint,
    via,
    input,
    ignored: [],
    state: 'IN_QUEUE',
    ending: null,
    ran: false,
    answer: null,
    files: [],
    polls: 0,
  }
}

function charge(job: Job, model: FalModel | undefined, units: string): Charge {
  const unitPriceUsd = model?.unitPriceUsd ?? 0
  const micro = Math.ceil(Number((Number(units) * unitPriceUsd * 1_000_000).toFixed(6)))
  return { requestId: job.requestId, endpoint: job.endpoint, units, unitPriceUsd, micro }
}

function find<K extends JobFault['kind']>(
  faults: readonly JobFault[],
  kind: K,
): Extract<JobFault, { kind: K }> | undefined {
  return faults.find((fault): fault is Extract<JobFault, { kind: K }> => fault.kind === kind)
}
