type Task = () => Promise<unknown>

/** Runs a task in the turn of its owner. Resolves and rejects as the task does. */
export type InTurn = <T>(owner: string, task: () => Promise<T>) => Promise<T>

/**
 * Creates a queue that runs one task at a time. The owners take turns, so that one with many tasks delays the others by
 * one task only.
 */
export function createTurns(): InTurn {
  const waiting = new Map<string, Task[]>() // in the order of the turns
  let busy = false
  let last: string | undefined // whose turn was last

  const runAll = async (): Promise<void> => {
    if (busy) return
    busy = true
    for (let next = takeNext(); next !== undefined; next = takeNext()) await next()
    busy = false
  }
  const takeNext = (): Task | undefined => {
    const owners = [...waiting.keys()]
    const owner = owners.find((one) => one !== last) ?? owners[0]
    if (owner === undefined) return undefined
    const [task, ...later] = waiting.get(owner) ?? []
    waiting.delete(owner)
    if (later.length > 0) waiting.set(owner, later)
    last = owner
    return task
  }
  return (owner, task) =>
    new Promise((resolve, reject) => {
      const run = (): Promise<void> => task().then(resolve, reject)
      waiting.set(owner, [...(waiting.get(owner) ?? []), run])
      void runAll()
    })
}
