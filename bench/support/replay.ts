import type Database from 'better-sqlite3'
import type { Compiled, Engine, Row, PendingQuery, TransactionBody } from '../../src/db/db.ts'

/** Statements as an engine got them, by transaction. */
export type Recording = Compiled[][]

/** The same engine, but it notes every query of every unit. */
export function recorded(engine: Engine, recording: Recording): Engine {
  return {
    ...engine,
    write: (orders) => {
      const transaction: Compiled[] = []
      recording.push(transaction)
      const watched = orders.map(({ command, args }) => ({
        command: { single: () => noted(command.single(args), transaction) },
        args,
      }))
      return engine.write(watched)
    },
  }
}

function* noted(unit: TransactionBody<unknown>, log: Compiled[]): TransactionBody<unknown> {
  const note =
    (step: PendingQuery): PendingQuery =>
    (...engine) => {
      const query = step(...engine)
      log.push(...[query].flat())
      return query
    }
  let next = unit.next()
  while (next.done !== true) next = unit.next((yield note(next.value)) satisfies Row[])
  return next.value
}

/**
 * A function that repeats a recorded piece of work on bare better-sqlite3: the same statements, prepared
 * once, in the same transactions, with no code of ours around them. What differs between two recordings
 * of the work counts on in the same step; texts that differ are the id.
 */
export function replayer(database: Database.Database, first: Recording, second: Recording) {
  const begin = database.prepare('begin immediate')
  const commit = database.prepare('commit')
  const transactions = first.map((queries, place) =>
    queries.map(({ sql, parameters }, step) => ({
      statement: database.prepare(sql),
      values: parameters.map((value, at) => series(value, second[place]?.[step]?.parameters[at])),
    })),
  )
  return (count: number, id: string): void => {
    for (const queries of transactions) {
      begin.run()
      for (const { statement, values } of queries) {
        const parameters = values.map((value) => value(count, id))
        if (statement.reader) statement.all(...parameters)
        else statement.run(...parameters)
      }
      commit.run()
    }
  }
}

type Series = (count: number, id: string) => unknown

function series(first: unknown, second: unknown): Series {
  if (first === second) return () => first
  if (typeof first === 'number' && typeof second === 'number') {
    return (count) => first + count * (second - first)
  }
  return (_, id) => id
}
