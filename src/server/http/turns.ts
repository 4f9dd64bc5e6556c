import type { MiddlewareHandler } from 'hono'

/**
 * Creates a function that lets requests begin one by one, with a look at the network between them: a crowd that arrives
 * at once does not hold back those who ask whether the server is alive.
 */
export function createTurns(): () => Promise<void> {
  const waiting: (() => void)[] = []
  let isFree = true
  const next = (): void => {
    const begin = waiting.shift()
    isFree = begin === undefined
    if (begin === undefined) return
    setImmediate(next)
    begin()
  }
  return async () => {
    if (!isFree) return await new Promise((resolve) => void waiting.push(resolve))
    isFree = false
    setImmediate(next)
  }
}

/**
 * Creates middleware that holds responses back to the end of this turn of the event loop. They are then written one after
 * the other, so that their reader is woken once, not for each: that takes as long as a small reading.
 */
export function writtenTogether(): MiddlewareHandler {
  let end: Promise<void> | undefined
  return async (_, next) => {
    await next()
    end ??= new Promise((resolve) =>
      setImmediate(() => {
        end = undefined
        resolve()
      }),
    )
    await end
  }
}
