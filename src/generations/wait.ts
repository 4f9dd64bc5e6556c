import { setTimeout as sleep } from 'node:timers/promises'
import { atMost } from '../at-most.ts'
import type { Caller } from '../accounts/caller.ts'
import { findGeneration, hasEnded, type Generation } from './generation.ts'
import type { GenerationDeps } from './deps.ts'

/** How often a generation of another process is polled, in milliseconds. */
const POLL_MS = 250

/**
 * Waits until a generation ends, at most `timeoutMs`. Returns it, still running after a timeout.
 * Throws the failure that it ended with.
 */
export async function outcome(
  deps: GenerationDeps,
  caller: Caller,
  id: string,
  timeoutMs: number,
): Promise<Generation> {
  const generation = await awaitEnd(deps, caller, id, timeoutMs)
  if (generation.failure !== null) throw generation.failure
  return generation
}

/**
 * Waits until a generation ends or waits for disk space, or this process stops, at most `timeoutMs`. Returns it in its state then. Throws
 * `not_found`.
 */
export async function awaitEnd(
  deps: GenerationDeps,
  caller: Caller,
  id: string,
  timeoutMs: number,
): Promise<Generation> {
  const job = deps.jobs.running(id)
  return job === undefined
    ? await poll(deps, caller, id, timeoutMs)
    : await wait(deps, caller, id, job.answerable, timeoutMs)
}

/** Returns a generation of the caller's account. If its process has died, it is first recovered. Throws `not_found`. */
export async function lookUp(
  deps: GenerationDeps,
  caller: Caller,
  id: string,
): Promise<Generation> {
  const generation = await read(deps, caller, id)
  if (hasEnded(generation) || generation.leaseUntil > deps.now()) return generation
  await deps.recover()
  return await read(deps, caller, id)
}

/** If the ledger is on the full disk too, it cannot record that a job waits. Then the process of the job tells. */
async function read({ db, jobs }: GenerationDeps, caller: Caller, id: string): Promise<Generation> {
  const generation = await db.read(() => findGeneration(caller.account.id, id))
  const unsaved = generation.status === 'running' && jobs.running(id)?.waits() === true
  return unsaved ? { ...generation, unsaved } : generation
}

async function wait(
  deps: GenerationDeps,
  caller: Caller,
  id: string,
  answerable: Promise<void>,
  timeoutMs: number,
): Promise<Generation> {
  const stopped = Promise.withResolvers<void>()
  const stop = (): void => stopped.resolve()
  deps.stopping.addEventListener('abort', stop)
  if (!deps.stopping.aborted) await atMost(Promise.race([answerable, stopped.promise]), timeoutMs)
  deps.stopping.removeEventListener('abort', stop)
  return await read(deps, caller, id)
}

async function poll(
  deps: GenerationDeps,
  caller: Caller,
  id: string,
  timeoutMs: number,
): Promise<Generation> {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    const generation = await lookUp(deps, caller, id)
    const isOpen = generation.status === 'running' && !generation.unsaved
    if (!isOpen || waitedMs >= timeoutMs || deps.stopping.aborted) return generation
    await sleep(POLL_MS, undefined, { signal: deps.stopping }).catch(() => {})
  }
}
