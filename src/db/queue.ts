import type { Db, Engine, Unit } from './db.ts'

/** Most units in one transaction: bounds how long the others of a busy file wait. */
const BATCH_MAX = 128

type Waiting = {
  unit: () => Unit<unknown>
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

/**
 * The way into an engine: units that arrive in one turn of the event loop, or while a commit is in
 * flight, share the next transaction (group commit). Idle, a unit is a transaction of its own at once.
 * `onCommit` hears how many shared each.
 */
export function openDb(engine: Engine, onCommit: (units: number) => void = () => {}): Db {
  let waiting: Waiting[] = []
  let busy = false

  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH_MAX)
      waiting = waiting.slice(BATCH_MAX)
      await commit(engine, batch)
      onCommit(batch.length)
    }
    busy = false
  }

  return {
    write: <T>(unit: () => Unit<T>) =>
      new Promise<T>((resolve, reject) => {
        waiting.push({ unit, resolve: resolve as (value: unknown) => void, reject })
        if (busy) return
        busy = true
        setImmediate(() => void flush())
      }),
    read: <T>(unit: () => Unit<T>) => engine.read(unit) as Promise<T>,
    close: () => engine.close(),
  }
}

async function commit(engine: Engine, batch: Waiting[]): Promise<void> {
  try {
    const outcomes = await engine.write(batch.map(({ unit }) => unit))
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.ok) batch[index]?.resolve(outcome.value)
      else batch[index]?.reject(outcome.error)
    }
  } catch (error) {
    for (const { reject } of batch) reject(error)
  }
}
