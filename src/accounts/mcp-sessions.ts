import { preparedQuery } from '../db/db.ts'
import type { McpSessionTable } from '../db/schema/accounts.ts'

/** Notes a session, so that any server on this ledger can go on with it. */
export const insertMcpSession = preparedQuery((db, p: McpSessionTable) =>
  db
    .insertInto('mcp_session')
    .values({ id: p.id, key_id: p.key_id, opening: p.opening, used_at: p.used_at })
    .onConflict((on) => on.doNothing()),
)

/** A session of a key that was not ended. */
export const findMcpSession = preparedQuery((db, p: { id: string; key_id: string }) =>
  db.selectFrom('mcp_session').selectAll().where('id', '=', p.id).where('key_id', '=', p.key_id),
)

export const touchMcpSession = preparedQuery((db, p: { id: string; used_at: number }) =>
  db.updateTable('mcp_session').set({ used_at: p.used_at }).where('id', '=', p.id),
)

/** Ends a session for every server. */
export const deleteMcpSession = preparedQuery((db, p: { id: string }) =>
  db.deleteFrom('mcp_session').where('id', '=', p.id),
)

/** Forgets the sessions that no client has used since an instant. */
export const deleteUnusedMcpSessions = preparedQuery((db, p: { before: number }) =>
  db.deleteFrom('mcp_session').where('used_at', '<', p.before),
)
