import type { Command, Db, Engine, CommandCall, TransactionBody } from './db.ts'

/** Most calls in one transaction: limits how long the others wait on a busy ledger. */
const BATCH_MAX = 128

type Enqueue = (call: CommandCall) => Promise<unknown>
type Waiting = {
  call: CommandCall
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

type Commit = (batch: readonly Waiting[]) => Promise<void>

/** The command for a unit without a name. It has no batch form. */
const ANY_UNIT: Command<() => TransactionBody<unknown>, unknown> = { single: (unit) => unit() }

/**
 * Opens the queue in front of an engine. Calls that arrive in one turn of the event loop, or during a commit, share
 * the next transaction (group commit). An idle engine runs a call at once, in its own transaction. With many writers
 * each command has its own queue, and a command without a batch form has none.
 * `onCommit` gets the number of calls in each transaction.
 */
export function openDb(engine: Engine, onCommit: (calls: number) => void = () => {}): Db {
  const commit: Commit = async (batch) => {
    await resolveBatch(engine, batch)
    onCommit(batch.length)
  }
  const shared = openQueue(commit)
  const unqueued: Enqueue = (call) =>
    new Promise((resolve, reject) => void commit([{ call, resolve, reject }]))
  const queues = new Map<object, Enqueue>()

  const queueOf = (command: Command<unknown, unknown>): Enqueue => {
    if (engine.writers === 'one') return shared
    if (command.batch === undefined) return unqueued
    const known = queues.get(command) ?? openQueue(commit)
    queues.set(command, known)
    return known
  }
  const apply = <A, T>(command: Command<A, T>, args: A): Promise<T> =>
    queueOf(command)({ command, args }) as Promise<T>

  return {
    apply,
    write: <T>(unit: () => TransactionBody<T>) =>
      apply(ANY_UNIT as Command<() => TransactionBody<T>, T>, unit),
    read: <T>(unit: () => TransactionBody<T>) => engine.read(unit) as Promise<T>,
    status: engine.status,
    close: () => engine.close(),
  }
}

function openQueue(commit: Commit): Enqueue {
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

  return (call) =>
    new Promise((resolve, reject) => {
      waiting.push({ call, resolve, reject })
      if (busy) return
      busy = true
      setImmediate(() => void flush())
    })
}

async function resolveBatch(engine: Engine, batch: readonly Waiting[]): Promise<void> {
  try {
    const outcomes = await engine.write(batch.map(({ call }) => call))
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.ok) batch[index]?.resolve(outcome.value)
      else batch[index]?.reject(outcome.error)
    }
  } catch (error) {
    for (const { reject } of batch) reject(error)
  }
}
