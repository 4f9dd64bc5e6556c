import { AppError } from '../errors.ts'
import { NotBatchable, type Engine, type CommandCall, type Outcome, type Unit } from './db.ts'
import { POSTGRES } from './dialect.ts'
import { migrate } from './migrations.ts'
import { withRetry } from './postgres/failures.ts'
import { openTransactions } from './postgres/transactions.ts'

/**
 * Opens a ledger on a PostgreSQL server, shared by any number of servers. A row that is written is locked to the
 * end of its transaction, and every transaction writes in one order: own rows, accounts, what belongs to an account.
 * So they wait for each other and never in a circle. Throws `ledger_unavailable` where the server cannot be used.
 */
export async function openPostgres(url: string): Promise<Engine> {
  const transactions = openTransactions(url)
  const write = <T>(unit: () => Unit<T>): Promise<T> => withRetry(() => transactions.write(unit))
  const engine: Engine = {
    writers: 'many',
    write: async (orders) => {
      const done = await writeSet(orders, write)
      const outcomes = orders.map(
        async (order, place) => done.get(place) ?? (await writeOne(order, write)),
      )
      return await Promise.all(outcomes)
    },
    read: (unit) => withRetry(() => transactions.read(unit)),
    close: () => transactions.close(),
  }
  try {
    await migrate(engine, POSTGRES)
    return engine
  } catch (error) {
    await transactions.close()
    throw error
  }
}

type Write = <T>(unit: () => Unit<T>) => Promise<T>

async function writeOne({ command, args }: CommandCall, write: Write): Promise<Outcome> {
  try {
    return { ok: true, value: await write(() => command.single(args)) }
  } catch (error) {
    return { ok: false, error }
  }
}

/** Does what it can of these orders in one transaction, and answers by their places. What is left is to be done singly. */
async function writeSet(
  orders: readonly CommandCall[],
  write: Write,
): Promise<Map<number, Outcome>> {
  const all = orders[0]?.command.batch
  if (all === undefined || orders.length === 1) return new Map()
  for (let set = [...orders.entries()]; set.length > 0;) {
    try {
      const values = await write(() => all(set.map(([, { args }]) => args)))
      return new Map(set.map(([place], index) => [place, { ok: true, value: values[index] }]))
    } catch (error) {
      if (error instanceof AppError) throw error // there is no server: a set refuses nothing by itself
      const apart = error instanceof NotBatchable ? error.members : [...set.keys()]
      set = set.filter((_, index) => !apart.includes(index))
    }
  }
  return new Map()
}
