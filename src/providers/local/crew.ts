import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { AppError } from '../../errors.ts'
import { getSharp } from '../../media/sharp.ts'
import type { Progress, ProviderRequest, ProviderResult, RunOptions } from '../provider.ts'
import { failed } from './work.ts'

export type ToWorker = ProviderRequest | 'abort'
export type FromWorker =
  | { progress: Progress }
  | { result: ProviderResult }
  | { failure: Pick<AppError, 'code' | 'message' | 'hint' | 'facts'>; cause: string }

/** Most memory for the objects of the thread, in megabytes; pictures have their own bounds. */
const HEAP_MB = 768

/** Does requests on a thread of its own, so that the server answers meanwhile. */
export type Crew = {
  /** One at a time: the next request is sent when the one before has ended. Throws `AppError`. */
  work(request: ProviderRequest, options: RunOptions): Promise<ProviderResult>
}

/** A thread that starts with the first request, and keeps no process alive while it waits. */
export function createCrew(): Crew {
  let worker: Promise<Worker> | undefined

  return {
    async work(request, { signal, onProgress }) {
      worker ??= startWorker()
      const thread = await worker.catch((cause: unknown) => {
        worker = undefined
        throw cause
      })
      const { promise, resolve, reject } = Promise.withResolvers<ProviderResult>()
      const onMessage = (message: FromWorker) => {
        if ('progress' in message) onProgress(message.progress)
        else if ('result' in message) resolve(message.result)
        else reject(failureOf(message))
      }
      const onEnd = (cause: unknown) => {
        worker = undefined
        reject(failed(cause))
      }
      const onAbort = () => thread.postMessage('abort' satisfies ToWorker)
      thread.ref()
      thread.on('message', onMessage).on('error', onEnd).on('exit', onEnd)
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        thread.postMessage(request satisfies ToWorker)
        if (signal.aborted) onAbort()
        return await promise
      } finally {
        signal.removeEventListener('abort', onAbort)
        thread.off('message', onMessage).off('error', onEnd).off('exit', onEnd)
        thread.unref()
      }
    },
  }
}

async function startWorker(): Promise<Worker> {
  // Its shared library must be loaded by the main thread before any other, and outlive them all.
  await getSharp()
  const file = new URL(`worker${extname(import.meta.url)}`, import.meta.url)
  const worker = new Worker(file, {
    env: {},
    execArgv: [],
    stdout: true, // stdout belongs to JSON-RPC
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  })
  worker.unref()
  return worker
}

function failureOf({
  failure: { code, message, hint, facts },
  cause,
}: Extract<FromWorker, { cause: string }>): AppError {
  return new AppError(code, message, { hint, facts, cause })
}
