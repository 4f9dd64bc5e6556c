import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  sql,
} from 'kysely'
import pg from 'pg'
import type { Row, Tables, TransactionBody } from '../../src/db/db.ts'
import { POSTGRES } from '../../src/db/dialect.ts'
import { queryOf } from '../../tests/support/plans.ts'

/** Plain transactions, as they are written with any pool of connections. */
export type PlainPostgres = {
  /** BEGIN, the statements of the unit, COMMIT: one round trip each, prepared, on a connection of the caller's own. */
  write(unit: () => TransactionBody<unknown>): Promise<void>
  close(): Promise<void>
}

export function openPlainPostgres(url: string, connections: number): PlainPostgres {
  const pool = new pg.Pool({ connectionString: url, max: connections })
  const builder = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
  const names = new Map<string, string>()
  const nameOf = (text: string): string => {
    const name = names.get(text) ?? `plain_${names.size}`
    names.set(text, name)
    return name
  }
  return {
    write: async (unit) => {
      const client = await pool.connect()
      await client.query('begin')
      const running = unit()
      let step = running.next()
      while (step.done !== true) {
        const { sql: text, parameters } = queryOf(step.value, builder, sql, POSTGRES)
        const answer = await client.query<Row>({ text, name: nameOf(text), types: NUMBERS }, [
          ...parameters,
        ])
        step = running.next(answer.rows)
      }
      await client.query('commit')
      client.release()
    },
    close: () => pool.end(),
  }
}

const INT8: number = pg.types.builtins.INT8

const NUMBERS = {
  getTypeParser: (type: number): ((text: string) => unknown) =>
    type === INT8 ? Number : pg.types.getTypeParser(type),
}
