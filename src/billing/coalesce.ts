/**
 * Makes calls with the same key share work: at most one run is active and one more waits. A call that
 * comes during a run gets the next run, so its result is never older than the call.
 */
export function coalesceByKey<T>(run: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const running = new Map<string, Promise<unknown>>()
  const waiting = new Map<string, Promise<T>>()

  const start = (key: string): Promise<T> => {
    const started = run(key).finally(() => {
      if (running.get(key) === started) running.delete(key)
    })
    running.set(key, started)
    return started
  }

  return (key) => {
    const queued = waiting.get(key)
    if (queued !== undefined) return queued
    const active = running.get(key)
    if (active === undefined) return start(key)
    const next = active.then(
      () => startNext(),
      () => startNext(),
    )
    const startNext = (): Promise<T> => {
      waiting.delete(key)
      return start(key)
    }
    waiting.set(key, next)
    return next
  }
}
