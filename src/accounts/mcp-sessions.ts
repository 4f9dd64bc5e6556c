import { preparedQuery } from '../db/db.ts'
import type { McpSessionTable } from '../db/schema/accounts.ts'

/** Stores a session, so that any server on this ledger can continue it. */
export const insertMcpSession = preparedQuery((db, p: McpSessionTable) =>
  db
    .insertInto('mcp_session')
    .values({ id: p.id, key_id: p.key_id, opening: p.opening, used_at: p.used_at })
    .onConflict((on) => on.doNothing()),
)

/** Finds a session of a key that has not ended. */
export const findMcpSession = preparedQuery((db, p: { id: string; key_id: string }) =>
  db.selectFrom('mcp_session').selectAll().where('id', '=', p.id).where('key_id', '=', p.key_id),
)

/** Sets the time of the last use, in milliseconds since 1970. */
export const touchMcpSession = preparedQuery((db, p: { id: string; used_at: number }) =>
  db.updateTable('mcp_session').set({ used_at: p.used_at }).where('id', '=', p.id),
)

/** Ends a session for every server. */
export const deleteMcpSession = preparedQuery((db, p: { id: string }) =>
  db.deleteFrom('mcp_session').where('id', '=', p.id),
)

/** Deletes the sessions that no client has used since a time, in milliseconds since 1970. */
export const deleteUnusedMcpSessions = preparedQuery((db, p: { before: number }) =>
  db.deleteFrom('mcp_session').where('used_at', '<', p.before),
)
