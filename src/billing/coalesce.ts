/**
 * Makes calls with the same key share work: at most one runs and one more waits. Whoever asks while
 * one runs gets the next one, so that all it sees was read after it asked.
 */
export function coalesceByKey<T>(run: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const running = new Map<string, Promise<unknown>>()
  const waiting = new Map<string, Promise<T>>()

  const begin = (key: string): Promise<T> => {
    const started = run(key).finally(() => {
      if (running.get(key) === started) running.delete(key)
    })
    running.set(key, started)
    return started
  }

  return (key) => {
    const known = waiting.get(key)
    if (known !== undefined) return known
    const before = running.get(key)
    if (before === undefined) return begin(key)
    const next = before.then(
      () => turn(),
      () => turn(),
    )
    const turn = (): Promise<T> => {
      waiting.delete(key)
      return begin(key)
    }
    waiting.set(key, next)
    return next
  }
}
