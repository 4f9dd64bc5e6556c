import cluster, { type Worker } from 'node:cluster'
import { setTimeout as sleep } from 'node:timers/promises'
import { AggregatorRegistry } from 'prom-client'
import { atMost } from '../../at-most.ts'
import type { Log } from '../../log.ts'
import { EXIT_MS, stopSignal } from './stop.ts'
import type { FromWorker, Measured, ToWorker } from './worker.ts'

/** A worker that ended by itself is started again after this time, in milliseconds. */
const RESTART_MS = 1_000
/** How much longer than a stopping server may take its process is waited for, in milliseconds. */
const KILL_MS = 2_000
/** How long a worker may take to tell its metrics, in milliseconds. */
const MEASURE_MS = 3_000

type Options = {
  count: number
  /** How long a stopping worker still serves, in seconds. */
  drainDelay: number
  log: Log
  onListening: (origin: string) => void
}

/**
 * Serves from `count` processes on one port, which share nothing but the database, until SIGINT, SIGTERM or SIGHUP. Then
 * each of them stops as a server alone does. One that ends by itself is started again. If the first cannot start, its
 * error stands in stderr, and its exit code becomes that of this process. Never returns.
 */
export async function runWorkers({ count, drainDelay, log, onListening }: Options): Promise<never> {
  cluster.schedulingPolicy = cluster.SCHED_NONE // a connection that is handed over is lost with its worker
  const stopped = stopSignal()
  let stopping = false
  const begin = (): Worker =>
    cluster.fork().on('error', (error) => log.warn('worker.unreachable', { error })) // its exit follows
  const keep = (worker: Worker): void => {
    worker.once('exit', (code, signal) => {
      if (stopping) return
      log.error('worker.ended', { worker: worker.process.pid, code, signal })
      setTimeout(() => stopping || keep(begin()), RESTART_MS)
    })
  }
  const listening = joinMetrics()
  const first = begin() // one alone migrates the ledger, and shows whether it can serve at all
  const origin = await Promise.race([originOf(first), stopped])
  if (origin !== undefined) {
    onListening(origin)
    keep(first)
    for (let number = 1; number < count; number += 1) keep(begin())
    await stopped
  }
  stopping = true
  await Promise.all([...listening].map((worker) => stop(worker, drainDelay * 1000 + EXIT_MS)))
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGKILL')
  process.exit(0)
}

/** Returns where a worker listens. If it ends before, so does this process. */
async function originOf(worker: Worker): Promise<string> {
  const failed = (code: number | null): never => process.exit(code ?? 1)
  worker.once('exit', failed)
  const origin = await new Promise<string>((resolve) =>
    worker.on('message', (message: FromWorker) => {
      if (message.inkwell === 'listening') resolve(message.origin)
    }),
  )
  worker.off('exit', failed)
  return origin
}

async function stop(worker: Worker, withinMs: number): Promise<void> {
  const ended = new Promise((resolve) => worker.once('exit', resolve))
  worker.process.kill('SIGTERM')
  await atMost(ended, withinMs + KILL_MS)
}

/** Answers each worker that asks for the metrics of all. Returns the workers that listen, as they come and go. */
function joinMetrics(): ReadonlySet<Worker> {
  const listening = new Set<Worker>()
  const waiting = new Map<number, (metrics: Measured) => void>()
  let lastId = 0
  const measure = async (worker: Worker): Promise<Measured> => {
    const id = (lastId += 1)
    const measured = new Promise<Measured>((resolve) => waiting.set(id, resolve))
    worker.send({ inkwell: 'measure', id } satisfies ToWorker)
    const late = sleep(MEASURE_MS, undefined, { ref: false }).then(() => {
      throw new Error('a worker did not answer')
    })
    return await Promise.race([measured, late]).finally(() => waiting.delete(id))
  }
  const answer = async (worker: Worker, id: number): Promise<void> => {
    const text = await Promise.all([...listening].map(measure))
      .then((all) => AggregatorRegistry.aggregate(all).metrics())
      .catch(() => null)
    if (worker.isConnected()) worker.send({ inkwell: 'metrics', id, text } satisfies ToWorker)
  }
  cluster.on('message', (worker, message: FromWorker) => {
    if (message.inkwell === 'listening') listening.add(worker)
    else if (message.inkwell === 'measured') waiting.get(message.id)?.(message.metrics)
    else if (message.inkwell === 'metrics') void answer(worker, message.id)
  })
  cluster.on('exit', (worker) => listening.delete(worker))
  return listening
}
