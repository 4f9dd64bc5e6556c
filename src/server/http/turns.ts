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
