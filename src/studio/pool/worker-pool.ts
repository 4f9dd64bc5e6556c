import { on } from 'node:events'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { AppError } from '../../errors.ts'
import { getSharp } from '../../media/sharp.ts'
import type { JobOptions, Result } from '../core/result.ts'
import { failed, type Job } from './job.ts'
import { createTurns } from './turns.ts'
import type { FromWorker } from './worker.ts'

/** Most memory for the objects of the thread, in megabytes; pictures have their own bounds. */
const HEAP_MB = 768
/** How long the thread waits for the next job before it gives its memory back, in milliseconds. */
const IDLE_MS = 5 * 60_000

/** Most memory that the thread may keep beside its objects when a job has ended, in bytes: the pixels of a large picture. */
const KEPT_MAX = 32 * 1024 * 1024

/** Does a job in the turn of its account. Throws `AppError`. */
export type RunJob = (job: Job, options: JobOptions) => Promise<Result>

/**
 * A pool of one worker thread, in which accounts take turns. The thread starts with a job, keeps no process alive
 * while it waits, and ends after five minutes without one, or at once if a large picture is left in its memory. A job that is cancelled, waiting or not, rejects
 * at once with `cancelled`; its thread is stopped, and the next job begins when that has ended.
 */
export function createWorkerPool(): RunJob {
  const inTurn = createTurns()
  let thread: Worker | undefined
  let idle: NodeJS.Timeout | undefined

  async function start(): Promise<Worker> {
    // sharp's shared library must be loaded by the main thread before any other, and outlive them all.
    await getSharp()
    const started = new Worker(new URL(`worker${extname(import.meta.url)}`, import.meta.url), {
      env: {},
      execArgv: [],
      stdout: true, // stdout belongs to JSON-RPC
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    })
    const forget = () => {
      if (thread === started) thread = undefined
    }
    return started.on('error', forget).on('exit', forget)
  }

  const stop = async () => await thread?.terminate()

  async function runNow(job: Job, options: JobOptions): Promise<Result> {
    if (options.signal.aborted) throw cancelled()
    clearTimeout(idle)
    thread ??= await start()
    const worker = thread
    worker.ref()
    try {
      return await ask(worker, job, options)
    } finally {
      worker.unref()
      if (options.signal.aborted || (await keptBytes(worker)) > KEPT_MAX) await stop()
      else idle = setTimeout(() => void stop(), IDLE_MS).unref()
    }
  }

  return (job, options) =>
    unlessAborted(
      options.signal,
      inTurn(options.account ?? '', () => runNow(job, options)),
    )
}

/** Sends one job and waits for its end. */
async function ask(worker: Worker, job: Job, { signal, onProgress }: JobOptions): Promise<Result> {
  const messages = on(worker, 'message', { signal, close: ['exit'] })
  worker.postMessage(job)
  try {
    for await (const [message] of messages as AsyncIterable<[FromWorker]>) {
      if ('progress' in message) onProgress(message.progress)
      else if ('result' in message) return message.result
      else
        throw new AppError(message.failure.code, message.failure.message, {
          ...message.failure,
          cause: message.cause,
        })
    }
    throw new Error('the worker thread ended')
  } catch (error) {
    throw error instanceof AppError ? error : failed(error)
  }
}

/** Returns the memory that the thread has not collected yet, beside its objects; 0 if it has ended. */
async function keptBytes(worker: Worker): Promise<number> {
  const statistics = await worker.getHeapStatistics().catch(() => null)
  return statistics?.external_memory ?? 0
}

async function unlessAborted<T>(signal: AbortSignal, result: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(cancelled())
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([aborted, result])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function cancelled(): AppError {
  return new AppError('cancelled', 'The call was cancelled; nothing was delivered.', {
    hint: 'Call again when the result is wanted.',
  })
}
