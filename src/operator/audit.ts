import { preparedQuery, query, type TransactionBody } from '../db/db.ts'
import { FILL_AUDIT } from '../db/migrations/0011-audit.ts'
import type { AuditTable } from '../db/schema/operator.ts'
import { AppError } from '../errors.ts'

/** Who acts, and when, in milliseconds since 1970. `id` is that of the act: it is chosen before the transaction. */
export type Author = { id: string; by: string; at: number }

/** What is done, and to whom. */
export type Act = Pick<AuditTable, 'action' | 'account_id'> &
  Partial<
    Pick<AuditTable, 'subject' | 'amount' | 'reason' | 'details' | 'entry_id' | 'request_key'>
  >

const insertAct = preparedQuery((db, p: AuditTable) =>
  db
    .insertInto('audit')
    .values({
      id: p.id,
      at: p.at,
      author: p.author,
      action: p.action,
      account_id: p.account_id,
      subject: p.subject,
      amount: p.amount,
      reason: p.reason,
      details: p.details,
      entry_id: p.entry_id,
      request_key: p.request_key,
    })
    .onConflict((on) => on.doNothing())
    .returningAll(),
)

/**
 * Writes an act to the audit log, in the transaction of what it does. Returns it: `isNew` if it is written
 * now and not by an earlier attempt whose commit was lost, `replayed` if another request with its key wrote it. Throws
 * `idempotency_conflict` if that was another act.
 */
export function* record({ id, by, at }: Author, act: Act): TransactionBody<Recorded> {
  const row: AuditTable = { ...NOTHING, ...act, id, at, author: by }
  const [written] = yield* insertAct(row)
  if (written !== undefined) return { act: written, isNew: true, replayed: false }
  const [own] = yield* query((db) => db.selectFrom('audit').selectAll().where('id', '=', id))
  if (own !== undefined) return { act: own, isNew: false, replayed: false }
  const earlier = yield* findRepeated(act)
  if (earlier === null) throw new Error(`the act ${id} is neither new nor known`)
  return { act: earlier, isNew: false, replayed: true }
}

export type Recorded = { act: AuditTable; isNew: boolean; replayed: boolean }

const NOTHING = {
  subject: null,
  amount: null,
  reason: null,
  details: null,
  entry_id: null,
  request_key: null,
}

/**
 * Returns the act with the same request key in the same account; null if there is none. Throws `idempotency_conflict` if
 * that was another act.
 */
export function* findRepeated(act: Act): TransactionBody<AuditTable | null> {
  const { account_id, request_key } = { ...NOTHING, ...act }
  if (request_key === null) return null
  const [known] = yield* query((db) =>
    db
      .selectFrom('audit')
      .selectAll()
      .where('account_id', '=', account_id)
      .where('request_key', '=', request_key),
  )
  if (known === undefined) return null
  const asked = { ...NOTHING, ...act }
  for (const name of ['action', 'subject', 'amount', 'reason'] as const)
    if (known[name] !== asked[name]) throw otherAct()
  return known
}

/** Gives the refunds of an older version their acts: its dumps have none. */
export function* recordOldRefunds(): TransactionBody<void> {
  yield () => ({ sql: FILL_AUDIT, parameters: [] })
}

/** A request for acts, newest first: of one account or of all, at most `limit`, older than the act `before`. */
export type AuditRequest = {
  accountId?: string | undefined
  before?: string | undefined
  limit: number
}

/** Returns acts, newest first, and whether there are older ones. */
export function* listActs({
  accountId,
  before,
  limit,
}: AuditRequest): TransactionBody<{ acts: AuditTable[]; more: boolean }> {
  const rows = yield* query((db) => {
    let select = db.selectFrom('audit').selectAll().orderBy('id', 'desc')
    if (accountId !== undefined) select = select.where('account_id', '=', accountId)
    if (before !== undefined) select = select.where('id', '<', before)
    return select.limit(limit + 1)
  })
  return { acts: rows.slice(0, limit), more: rows.length > limit }
}

/** Returns the reasons of entries of an account that operators made, by the id of the entry. */
export function* reasonsOf(
  accountId: string,
  entryIds: readonly string[],
): TransactionBody<Map<string, string>> {
  if (entryIds.length === 0) return new Map()
  const rows = yield* query((db) =>
    db
      .selectFrom('audit')
      .select(['entry_id', 'reason'])
      .where('entry_id', 'in', entryIds)
      .where('account_id', '=', accountId),
  )
  return new Map(rows.map(({ entry_id, reason }) => [entry_id ?? '', reason ?? ''] as const))
}

function otherAct(): AppError {
  return new AppError('idempotency_conflict', 'This idempotency key was used for another act.', {
    hint: 'Repeat the first act exactly to get its result, or use another key.',
  })
}
