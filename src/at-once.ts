/**
 * Creates a function that runs at most this many works at once, in the order in which they came. What a work holds in
 * memory is held so many times at most.
 */
export function atOnce(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running === most) await new Promise<void>((begin) => waiting.push(begin))
    else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next() // takes over the place of this one
    }
  }
}
