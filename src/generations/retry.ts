import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../errors.ts'

/** The first and the longest pause, in milliseconds. */
const FIRST_MS = 250
const LONGEST_MS = 15_000

/**
 * Creates the pauses between attempts: each is twice as long as the one before, up to 15 s. A pause resolves to false
 * if the process stops: then make no further attempt. A pause does not keep the process alive.
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

/** Attempts for a write that fails with an error that may be permanent. */
const TRIES = 4

type RetryOptions = {
  stopping: AbortSignal
  /** Whether another attempt would give the same error. */
  isFinal: (error: unknown) => boolean
  onRetry: (error: unknown) => void
  /** Called once, after the fourth attempt. */
  onLongWait: () => void
}

/**
 * Repeats a write to the ledger until it succeeds: without limit while the ledger cannot be used, and at most four
 * times for other errors. Throws the last error after that, or if the process stops.
 */
export async function retryWrite<T>(write: () => Promise<T>, options: RetryOptions): Promise<T> {
  const pause = createPause(options.stopping)
  for (let tries = 1; ; tries += 1) {
    try {
      return await write()
    } catch (error) {
      const waits = error instanceof AppError && error.code === 'ledger_unavailable'
      if (options.isFinal(error) || (!waits && tries >= TRIES)) throw error
      if (tries === TRIES) options.onLongWait()
      options.onRetry(error)
      if (!(await pause())) throw error
    }
  }
}
