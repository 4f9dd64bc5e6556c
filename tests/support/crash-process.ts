import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { News, PaidJob } from './crash-jobs.ts'
import { workerFile } from './program.ts'

const WORKER = workerFile('paid-worker')

/** A process that pays, loaded and waiting for its job. */
export type Payer = AsyncDisposable & {
  child: ChildProcess
  /** Gives the job. What the process tells goes to `listen`. */
  begin(job: PaidJob, listen?: (news: News) => void): void
  /** The next news of a kind. Rejects where the process ends before it. */
  next<K extends News['news']>(kind: K): Promise<Extract<News, { news: K }>>
  /** Kills it as a power switch would, and waits until it is gone and all it told was heard. */
  kill(): Promise<void>
}

export async function startPayer(): Promise<Payer> {
  const child = spawn(process.execPath, [WORKER], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const closed = once(child, 'close')
  const payer: Payer = {
    child,
    begin: (job, listen = () => {}) => {
      child.on('message', (news) => listen(news as News))
      child.send(job)
    },
    next: (kind) => nextNews(child, kind),
    kill: async () => {
      child.kill('SIGKILL')
      await closed
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await closed
    },
  }
  await payer.next('ready')
  return payer
}

/** As many processes at once; those that still run end with the scope. */
export async function startPayers(count: number): Promise<Payer[] & AsyncDisposable> {
  const payers = await Promise.all(Array.from({ length: count }, () => startPayer()))
  return Object.assign(payers, {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(payers.map((payer) => payer[Symbol.asyncDispose]()))
    },
  })
}

function nextNews<K extends News['news']>(
  child: ChildProcess,
  kind: K,
): Promise<Extract<News, { news: K }>> {
  const { promise, resolve, reject } = Promise.withResolvers<Extract<News, { news: K }>>()
  const onMessage = (news: unknown) => {
    if ((news as News).news === kind) resolve(news as Extract<News, { news: K }>)
  }
  const onExit = () => reject(new Error(`the process ended before it told "${kind}"`))
  child.on('message', onMessage)
  child.once('exit', onExit)
  return promise.finally(() => {
    child.off('message', onMessage)
    child.off('exit', onExit)
  })
}
