import { preparedQuery, type RawSql } from '../db/db.ts'
import type { ApprovalTable } from '../db/schema/approvals.ts'

/** The calls that one approval is for: those with the same arguments, of the same account and key. */
export type SameCall = Pick<ApprovalTable, 'account_id' | 'key_id' | 'fingerprint'>

/** Asks for an approval. Returns no row if one is open for the same call, or if this one was asked for before. */
export const insertApproval = preparedQuery(
  (db, p: Omit<ApprovalTable, 'status' | 'decided_by' | 'decided_at' | 'used_by'>, sql) =>
    db
      .insertInto('approval')
      .values({
        id: p.id,
        account_id: p.account_id,
        key_id: p.key_id,
        fingerprint: p.fingerprint,
        generation_id: p.generation_id,
        status: sql.lit('pending'),
        prompt: p.prompt,
        count: p.count,
        created_at: p.created_at,
        expires_at: p.expires_at,
      })
      .onConflict((on) => on.doNothing())
      .returning('id'),
)

/** The open approval of a call, with the terms of its hold. */
export const findOpen = preparedQuery((db, p: SameCall, sql) =>
  db
    .selectFrom('approval')
    .innerJoin('hold', 'hold.id', 'approval.generation_id')
    .selectAll('approval')
    .select(['hold.amount', 'hold.billing', 'hold.operation', 'hold.model'])
    .where('approval.account_id', '=', p.account_id)
    .where('approval.key_id', '=', p.key_id)
    .where('approval.fingerprint', '=', p.fingerprint)
    .where(isOpen(sql)),
)

/** The approval that was refused last for a call, if that still counts. */
export const findRefused = preparedQuery((db, p: SameCall & { at: number }, sql) =>
  db
    .selectFrom('approval')
    .select(['id', 'expires_at'])
    .where('account_id', '=', p.account_id)
    .where('key_id', '=', p.key_id)
    .where('fingerprint', '=', p.fingerprint)
    .where('status', '=', sql.lit('refused'))
    .where('expires_at', '>', p.at)
    .orderBy('expires_at', 'desc')
    .limit(1),
)

/** How many approvals of a key are open. */
export const countOpen = preparedQuery((db, p: Omit<SameCall, 'fingerprint'>, sql) =>
  db
    .selectFrom('approval')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('account_id', '=', p.account_id)
    .where('key_id', '=', p.key_id)
    .where(isOpen(sql)),
)

/** Lets one call go on. Returns no row unless the approval is given, and neither used nor expired. */
export const useApproved = preparedQuery(
  (db, p: { id: string; account_id: string; used_by: string; at: number }, sql) =>
    db
      .updateTable('approval')
      .set({ status: sql.lit('used'), used_by: p.used_by, prompt: null })
      .where('id', '=', p.id)
      .where('account_id', '=', p.account_id)
      .where('status', '=', sql.lit('approved'))
      .where('expires_at', '>', p.at)
      .returning('generation_id'),
)

type Decision = Pick<ApprovalTable, 'id' | 'account_id' | 'expires_at'> & {
  decided_by: string
  decided_at: number
}

/** Approves. Returns no row if it is decided or has expired. */
export const approvePending = preparedQuery((db, p: Decision, sql) =>
  db
    .updateTable('approval')
    .set({
      status: sql.lit('approved'),
      decided_by: p.decided_by,
      decided_at: p.decided_at,
      expires_at: p.expires_at,
    })
    .where('id', '=', p.id)
    .where('account_id', '=', p.account_id)
    .where('status', '=', sql.lit('pending'))
    .where('expires_at', '>', p.decided_at)
    .returning('generation_id'),
)

/** Refuses, or takes an approval back that no call has used. Returns no row if it has ended. */
export const refuseOpen = preparedQuery((db, p: Decision, sql) =>
  db
    .updateTable('approval')
    .set({
      status: sql.lit('refused'),
      decided_by: p.decided_by,
      decided_at: p.decided_at,
      expires_at: p.expires_at,
      prompt: null,
    })
    .where('id', '=', p.id)
    .where('account_id', '=', p.account_id)
    .where(isOpen(sql))
    .where('expires_at', '>', p.decided_at)
    .returning('generation_id'),
)

/** Ends an open approval without a decision, if it expires by `upTo`. Returns no row if it has ended, or ends later. */
export const expireOpen = preparedQuery(
  (db, p: { id: string; account_id: string; upTo: number }, sql) =>
    db
      .updateTable('approval')
      .set({ status: sql.lit('expired'), prompt: null })
      .where('id', '=', p.id)
      .where('account_id', '=', p.account_id)
      .where(isOpen(sql))
      .where('expires_at', '<=', p.upTo)
      .returning('generation_id'),
)

/** Open approvals whose time is over, oldest first. */
export const findDue = preparedQuery((db, p: { at: number; limit: number }, sql) =>
  db
    .selectFrom('approval')
    .select(['id', 'account_id'])
    .where(isOpen(sql))
    .where('expires_at', '<=', p.at)
    .orderBy('expires_at')
    .limit(p.limit),
)

/** The generation that a call went on as, by the id that the call had drawn for itself. */
export const findUse = preparedQuery((db, p: { used_by: string; account_id: string }) =>
  db
    .selectFrom('approval')
    .select('generation_id')
    .where('used_by', '=', p.used_by)
    .where('account_id', '=', p.account_id),
)

/** Literals, so that the indexes of open approvals are used. */
export function isOpen(sql: RawSql) {
  return sql<boolean>`approval.status in ('pending', 'approved')`
}
