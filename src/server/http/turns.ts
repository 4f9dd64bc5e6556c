import { performance } from 'node:perf_hooks'
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
 * Creates middleware that holds responses back to the end of this turn of the event loop, while turns have several. They
 * are then written one after the other, so that their reader is woken once, not for each: that takes as long as a small
 * reading. The only response of a turn is written at once.
 */
export function writtenTogether(): MiddlewareHandler {
  let turn = { number: -1, responses: 0, hadSeveral: false }
  let end: Promise<void> | undefined
  return async (_, next) => {
    await next()
    const number = performance.nodeTiming.uvMetricsInfo.loopCount
    if (number !== turn.number) turn = { number, responses: 0, hadSeveral: turn.responses > 1 }
    turn.responses += 1
    if (turn.responses === 1 && !turn.hadSeveral) return
    end ??= new Promise((resolve) =>
      setImmediate(() => {
        end = undefined
        resolve()
      }),
    )
    await end
  }
}
