import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { AppError } from '../../errors.ts'
import { getSharp } from '../../media/sharp.ts'
import type { JobOptions, Progress, Result } from '../core/result.ts'
import { failed, type Job } from './work.ts'

export type ToWorker = Job | 'abort'
export type FromWorker =
  | { progress: Progress }
  | { result: Result }
  | { failure: Pick<AppError, 'code' | 'message' | 'hint' | 'facts'>; cause: string }

/** Most memory for the objects of the thread, in megabytes; pictures have their own bounds. */
const HEAP_MB = 768
/** How long it waits for the next request before it gives its memory back, in milliseconds. */
const IDLE_MS = 5 * 60_000

/** Does requests on a thread of its own, so that the server answers meanwhile. */
export type Crew = {
  /** One at a time: the next request is sent when the one before has ended. Throws `AppError`. */
  work(job: Job, options: JobOptions): Promise<Result>
}

/** A thread that starts with a request, keeps no process alive while it waits, and ends when it waited long. */
export function createCrew(): Crew {
  let thread: Worker | undefined
  let idle: NodeJS.Timeout | undefined

  async function start(): Promise<Worker> {
    // Its shared library must be loaded by the main thread before any other, and outlive them all.
    await getSharp()
    const file = new URL(`worker${extname(import.meta.url)}`, import.meta.url)
    const started = new Worker(file, {
      env: {},
      execArgv: [],
      stdout: true, // stdout belongs to JSON-RPC
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    })
    started.unref()
    // Whoever waits for it hears of its end too; here only the next request is kept from it.
    for (const end of ['exit', 'error']) started.once(end, () => leave(started))
    return started
  }

  function leave(worker: Worker): void {
    if (thread === worker) thread = undefined
  }

  return {
    async work(job, options) {
      clearTimeout(idle)
      thread ??= await start()
      const worker = thread
      worker.ref()
      try {
        return await ask(worker, job, options)
      } finally {
        worker.unref()
        idle = setTimeout(() => {
          leave(worker)
          void worker.terminate()
        }, IDLE_MS).unref()
      }
    },
  }
}

/** Sends one request and waits for its end. */
async function ask(worker: Worker, job: Job, { signal, onProgress }: JobOptions): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>()
  const onMessage = (message: FromWorker) => {
    if ('progress' in message) onProgress(message.progress)
    else if ('result' in message) resolve(message.result)
    else reject(failureOf(message))
  }
  const onEnd = (cause: unknown) => reject(failed(cause))
  const onAbort = () => worker.postMessage('abort' satisfies ToWorker)
  worker.on('message', onMessage).on('error', onEnd).on('exit', onEnd)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    worker.postMessage(job satisfies ToWorker)
    if (signal.aborted) onAbort()
    return await promise
  } finally {
    signal.removeEventListener('abort', onAbort)
    worker.off('message', onMessage).off('error', onEnd).off('exit', onEnd)
  }
}

function failureOf({
  failure: { code, message, hint, facts },
  cause,
}: Extract<FromWorker, { cause: string }>): AppError {
  return new AppError(code, message, { hint, facts, cause })
}
