import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../errors.ts'

/** In milliseconds. */
const FIRST_MS = 250
const LONGEST_MS = 15_000

/**
 * Waits before further tries: each pause is twice as long as the one before, up to 15 s. A pause answers false
 * where the process stops: then there is no further try. It does not keep the process.
 */
export function createPause(stopping: AbortSignal): () => Promise<boolean> {
  let waitMs = FIRST_MS
  return async () => {
    const ms = waitMs
    waitMs = Math.min(ms * 2, LONGEST_MS)
    await sleep(ms, undefined, { ref: false, signal: stopping }).catch(() => {})
    return !stopping.aborted
  }
}

/** Tries for a write that fails by a fault which may not pass. */
const TRIES = 4

type Retrying = {
  stopping: AbortSignal
  /** Whether an error is an answer, which another try would not change. */
  isFinal: (error: unknown) => boolean
  onRetry: (error: unknown) => void
  /** Called once, after as many tries as any fault gets. */
  onLongWait: () => void
}

/**
 * Tries a write of the ledger until it is through: as long as the process lives where the ledger cannot be used, and
 * four times where it fails otherwise. Throws its last error then, or where the process stops.
 */
export async function untilWritten<T>(write: () => Promise<T>, how: Retrying): Promise<T> {
  const pause = createPause(how.stopping)
  for (let tries = 1; ; tries += 1) {
    try {
      return await write()
    } catch (error) {
      const waits = error instanceof AppError && error.code === 'ledger_unavailable'
      if (how.isFinal(error) || (!waits && tries >= TRIES)) throw error
      if (tries === TRIES) how.onLongWait()
      how.onRetry(error)
      if (!(await pause())) throw error
    }
  }
}
