import { cancelled } from '../core/pace.ts'

/** Runs one piece of work at a time, in the order asked for. */
export type Turns = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>

/**
 * A queue of one lane. A caller that cancels is answered at once with `cancelled`, waiting or not;
 * the next piece starts only when the one before has really stopped.
 */
export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve()

  return <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
    const result = last.then(() => {
      if (signal.aborted) throw cancelled()
      return work()
    })
    last = result.catch(() => undefined)
    return unlessAborted(signal, result)
  }
}

async function unlessAborted<T>(signal: AbortSignal, result: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(cancelled())
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([aborted, result])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
