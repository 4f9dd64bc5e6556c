import type { Command, Db, Engine, CommandCall, Unit } from './db.ts'

/** Most orders in one transaction: bounds how long the others of a busy ledger wait. */
const BATCH_MAX = 128

type Lane = (order: CommandCall) => Promise<unknown>
type Waiting = {
  order: CommandCall
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

type Commit = (batch: readonly Waiting[]) => Promise<void>

/** A unit that has no name is a command of its own kind, and never part of a set. */
const ANY_UNIT: Command<() => Unit<unknown>, unknown> = { single: (unit) => unit() }

/**
 * The way into an engine: orders that arrive in one turn of the event loop, or while a commit is in
 * flight, share the next transaction (group commit). Idle, an order is a transaction of its own at once.
 * Where there are many writers, each command has a queue of its own, and what cannot be grouped has none.
 * `onCommit` hears how many shared each.
 */
export function openDb(engine: Engine, onCommit: (orders: number) => void = () => {}): Db {
  const commit: Commit = async (batch) => {
    await resolveBatch(engine, batch)
    onCommit(batch.length)
  }
  const shared = openLane(commit)
  const alone: Lane = (order) =>
    new Promise((resolve, reject) => void commit([{ order, resolve, reject }]))
  const lanes = new Map<object, Lane>()

  const laneOf = (command: Command<unknown, unknown>): Lane => {
    if (engine.writers === 'one') return shared
    if (command.batch === undefined) return alone
    const known = lanes.get(command) ?? openLane(commit)
    lanes.set(command, known)
    return known
  }
  const apply = <A, T>(command: Command<A, T>, args: A): Promise<T> =>
    laneOf(command)({ command, args }) as Promise<T>

  return {
    apply,
    write: <T>(unit: () => Unit<T>) => apply(ANY_UNIT as Command<() => Unit<T>, T>, unit),
    read: <T>(unit: () => Unit<T>) => engine.read(unit) as Promise<T>,
    close: () => engine.close(),
  }
}

function openLane(commit: Commit): Lane {
  let waiting: Waiting[] = []
  let busy = false

  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH_MAX)
      waiting = waiting.slice(BATCH_MAX)
      await commit(batch)
    }
    busy = false
  }

  return (order) =>
    new Promise((resolve, reject) => {
      waiting.push({ order, resolve, reject })
      if (busy) return
      busy = true
      setImmediate(() => void flush())
    })
}

async function resolveBatch(engine: Engine, batch: readonly Waiting[]): Promise<void> {
  try {
    const outcomes = await engine.write(batch.map(({ order }) => order))
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.ok) batch[index]?.resolve(outcome.value)
      else batch[index]?.reject(outcome.error)
    }
  } catch (error) {
    for (const { reject } of batch) reject(error)
  }
}
