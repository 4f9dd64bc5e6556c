import { inspect } from 'node:util'
import { parentPort } from 'node:worker_threads'
import { AppError } from '../../errors.ts'
import type { Progress, Result } from '../core/result.ts'
import { failed, runJob, type Job } from './job.ts'

/** The thread of `worker-pool.ts`: for each job it sends progress, and then a result or a failure. */

/** What the thread sends. An error would lose its class on the way, so its fields are sent. */
export type FromWorker =
  | { progress: Progress }
  | { result: Result }
  | { failure: Pick<AppError, 'code' | 'message' | 'hint' | 'facts'>; cause: string }

parentPort?.on('message', (job: Job) => void handle(job))

async function handle(job: Job): Promise<void> {
  try {
    const report = (fraction: number, message: string) => send({ progress: { fraction, message } })
    send({ result: await runJob(job, report) })
  } catch (error) {
    const { code, message, hint, facts, cause } = error instanceof AppError ? error : failed(error)
    send({ failure: { code, message, hint, facts }, cause: inspect(cause) })
  }
}

function send(message: FromWorker): void {
  parentPort?.postMessage(message)
}
