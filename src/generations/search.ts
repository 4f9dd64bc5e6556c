import { execute } from '../db/db.ts'

/** Indexes what a generation was asked for, once it has completed. */
export const indexPrompt = execute((db, p: { id: string }, sql, { search }) => ({
  compile: () => sql`${sql.raw(search.fill)} and generation.id = ${p.id}`.compile(db),
}))

/** As `indexPrompt`, for many at once on PostgreSQL: see `sets.ts`. */
export const indexPrompts = execute((db, p: { rows: string }, sql, { search }) => ({
  compile: () =>
    sql`${sql.raw(search.fill)} and generation.id in
      (select id from json_populate_recordset(null::generation, ${p.rows}))`.compile(db),
}))

/** Indexes all of a ledger whose index is empty. */
export const indexAllPrompts = execute((db, _: Record<string, never>, sql, { search }) => ({
  compile: () => sql.raw(search.fill).compile(db),
}))
