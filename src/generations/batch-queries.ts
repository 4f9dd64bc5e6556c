import { execute, forRows, preparedQuery } from '../db/db.ts'
import { insertInto } from '../ledger/batch/columns.ts'
import { selectSession } from '../accounts/sessions.ts'
import { finishNow, insertAsset, insertGeneration } from './queries.ts'
import { indexPrompt } from './search.ts'

/** The batch forms of the statements about generations: see `ledger/batch/queries.ts`. */

type Rows = { rows: string }
type Id = { id: string }

/** The sessions that exist. `place` is the index of the item that asked. */
export const findSessions = forRows(
  selectSession,
  preparedQuery((db, p: Rows, sql) => ({
    compile: () =>
      sql<{ place: number; id: string; budget: number | null }>`
        select asked.place, session.id, session.budget
        from json_to_recordset(${p.rows}) as asked (place bigint, account_id text, name text)
        join session on session.account_id = asked.account_id
          and (session.name = asked.name or session.id = asked.name)`.compile(db),
  })),
)

/** As `insertGeneration`. */
export const insertGenerations = forRows(
  insertGeneration,
  preparedQuery((db, p: Rows, sql) => ({
    compile: () =>
      sql<Id>`${insertInto(sql, 'generation', p.rows)}
        on conflict do nothing returning id`.compile(db),
  })),
)

/** As `finishGeneration`. Returns the generations that had not ended. */
export const finishGenerations = forRows(
  finishNow,
  preparedQuery((db, p: Rows, sql) => ({
    compile: () =>
      sql<Id>`with asked as materialized (select * from json_populate_recordset(null::generation, ${p.rows})),
        locked as materialized (select id from generation where id in (select id from asked)
          order by id for no key update)
        update generation set status = asked.status, error = asked.error, remarks = asked.remarks,
          upstream_cost = asked.upstream_cost, finished_at = asked.finished_at
        from asked join locked using (id)
        where generation.id = asked.id and generation.finished_at is null
        returning generation.id`.compile(db),
  })),
)

/** As `insertAsset`. */
export const insertAssets = forRows(
  insertAsset,
  execute((db, p: Rows, sql) => ({
    compile: () => insertInto(sql, 'asset', p.rows).compile(db),
  })),
)

/** As `indexPrompt`. */
export const indexPrompts = forRows(
  indexPrompt,
  execute((db, p: Rows, sql, { search }) => ({
    compile: () =>
      sql`${sql.raw(search.fill)} and generation.id in
        (select id from json_populate_recordset(null::generation, ${p.rows}))`.compile(db),
  })),
)
