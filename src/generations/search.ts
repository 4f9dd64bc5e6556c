import { execute } from '../db/db.ts'

/** Adds the prompt of a completed generation to the search index. */
export const indexPrompt = execute((db, p: { id: string }, sql, { search }) => ({
  compile: () => sql`${sql.raw(search.fill)} and generation.id = ${p.id}`.compile(db),
}))

/** As `indexPrompt`, for a batch on PostgreSQL: see `ledger/batch/queries.ts`. */
export const indexPrompts = execute((db, p: { rows: string }, sql, { search }) => ({
  compile: () =>
    sql`${sql.raw(search.fill)} and generation.id in
      (select id from json_populate_recordset(null::generation, ${p.rows}))`.compile(db),
}))

/** Fills the empty search index of a ledger. */
export const indexAllPrompts = execute((db, _: Record<string, never>, sql, { search }) => ({
  compile: () => sql.raw(search.fill).compile(db),
}))
