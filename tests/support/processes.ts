import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { workerFile } from './program.ts'
import type { Answer, Job } from './worker-jobs.ts'

const WORKER = workerFile('ledger-worker')

export type Worker = AsyncDisposable & {
  process: ChildProcess
  run(job: Job): Promise<Answer>
}

type Options = { env?: Record<string, string>; fileBlocks?: number }

/**
 * Starts processes that wait for a job on a ledger file, all loaded and ready, so that their jobs begin
 * together. `fileBlocks` limits how large a file they may write, in blocks of 512 bytes.
 */
export async function startWorkers(count: number, options: Options = {}): Promise<Worker[]> {
  return await Promise.all(Array.from({ length: count }, () => startWorker(options)))
}

async function startWorker({ env = {}, fileBlocks }: Options): Promise<Worker> {
  const command = [process.execPath, WORKER]
  if (fileBlocks !== undefined)
    command.unshift('sh', '-c', `ulimit -f ${fileBlocks}; exec "$0" "$@"`)
  const child = spawn(command[0] ?? '', command.slice(1), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  })
  await once(child, 'message') // ready
  return {
    process: child,
    run: async (job) => {
      const answered = once(child, 'message') as Promise<[Answer]>
      const ended = once(child, 'exit').then(() => Promise.reject(new Error('the worker ended')))
      child.send(job)
      const [answer] = await Promise.race([answered, ended])
      await ended.catch(() => {}) // its files are closed
      return answer
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

/** Runs one job in each of as many new processes, at the same time. */
export async function runTogether(jobs: Job[]): Promise<Answer[]> {
  const workers = await startWorkers(jobs.length)
  return await Promise.all(jobs.map((job, place) => (workers[place] as Worker).run(job)))
}
