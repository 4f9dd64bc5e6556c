import { execute } from '../db/db.ts'

/** Adds the prompt of a completed generation to the search index. */
export const indexPrompt = execute((db, p: { id: string }, sql, { search }) => ({
  compile: () => sql`${sql.raw(search.fill)} and generation.id = ${p.id}`.compile(db),
}))

/** Fills the empty search index of a ledger. */
export const indexAllPrompts = execute((db, _: Record<string, never>, sql, { search }) => ({
  compile: () => sql.raw(search.fill).compile(db),
}))
