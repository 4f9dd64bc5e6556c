import { inspect } from 'node:util'
import { parentPort } from 'node:worker_threads'
import { AppError } from '../../errors.ts'
import type { FromWorker, ToWorker } from './crew.ts'
import { createPace } from '../core/pace.ts'
import { failed, work } from './work.ts'

/** The thread of `crew.ts`: one request at a time, answered by progress and then by a result or a failure. */

let current: AbortController | undefined

parentPort?.on('message', (message: ToWorker) => {
  if (message === 'abort') current?.abort()
  else void answer(message)
})

async function answer(job: Exclude<ToWorker, 'abort'>): Promise<void> {
  const controller = new AbortController()
  current = controller
  const onProgress = (progress: { fraction: number; message: string }) => tell({ progress })
  try {
    tell({ result: await work(job, createPace({ signal: controller.signal, onProgress })) })
  } catch (error) {
    const { code, message, hint, facts, cause } = error instanceof AppError ? error : failed(error)
    tell({ failure: { code, message, hint, facts }, cause: inspect(cause) })
  }
}

function tell(message: FromWorker): void {
  parentPort?.postMessage(message)
}
