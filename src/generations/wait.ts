import { setTimeout as sleep } from 'node:timers/promises'
import type { Caller } from '../accounts/caller.ts'
import { findGeneration, type Generation } from './generation.ts'
import type { GenerationDeps } from './deps.ts'

/** How often the outcome of another process's work is looked up, in milliseconds. */
const POLL_MS = 250

/**
 * Waits for a generation until it ends or the caller's patience does; then it is answered as running.
 * Throws the failure it ended in.
 */
export async function outcome(
  deps: GenerationDeps,
  caller: Caller,
  id: string,
  patienceMs: number,
): Promise<Generation> {
  const generation = await awaitEnd(deps, caller, id, patienceMs)
  if (generation.failure !== null) throw generation.failure
  return generation
}

/** A generation when it ends, or as it is when the patience does. Throws `not_found`. */
export async function awaitEnd(
  deps: GenerationDeps,
  caller: Caller,
  id: string,
  patienceMs: number,
): Promise<Generation> {
  const job = deps.jobs.running(id)
  return job === undefined
    ? await poll(deps, caller, id, patienceMs)
    : await wait(deps, caller, id, job.answerable, patienceMs)
}

/** A generation of the caller's account; one whose process died is finished or released first. */
export async function lookUp(
  deps: GenerationDeps,
  caller: Caller,
  id: string,
): Promise<Generation> {
  const generation = await read(deps, caller, id)
  if (generation.status !== 'running' || generation.leaseUntil > deps.now()) return generation
  await deps.recover()
  return await read(deps, caller, id)
}

/** Where the ledger is on the full disk too it cannot be told that a job waits: then its process knows. */
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
  patienceMs: number,
): Promise<Generation> {
  const patience = new AbortController()
  await Promise.race([
    answerable,
    sleep(patienceMs, undefined, { signal: patience.signal }).catch(() => {}),
  ])
  patience.abort()
  return await read(deps, caller, id)
}

async function poll(
  deps: GenerationDeps,
  caller: Caller,
  id: string,
  patienceMs: number,
): Promise<Generation> {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    const generation = await lookUp(deps, caller, id)
    const { status, failure, unsaved } = generation
    const isOpen = status === 'running' && failure === null && !unsaved
    if (!isOpen || waitedMs >= patienceMs) return generation
    await sleep(POLL_MS)
  }
}
