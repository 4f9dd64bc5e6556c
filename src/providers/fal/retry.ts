import pRetry from 'p-retry'

/** Attempts in all: a short failure must not lose work that is billed. */
const TRIES = 3

/** Repeats a request at once after an error that `isTransient`, up to three attempts. Throws the last error. */
export function retryBriefly<T>(
  ask: () => Promise<T>,
  isTransient: (error: Error) => boolean,
): Promise<T> {
  return pRetry(ask, {
    retries: TRIES - 1,
    minTimeout: 0,
    shouldRetry: ({ error }) => isTransient(error),
  })
}
