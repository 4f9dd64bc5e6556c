import { query, type TransactionBody } from '../db/db.ts'
import { readFailure } from '../generations/generation.ts'
import type { Operation } from '../pricing/catalog.ts'

/**
 * A paid call that was refused, or whose work failed. Nothing was charged for either. Equal refusals of one key and
 * session within an hour are one row. Times are milliseconds since 1970.
 */
export type FailedCall = {
  id: string
  /** The generation; null for a call that was refused before anything began. */
  generationId: string | null
  /** Of the last one. */
  at: number
  firstAt: number
  count: number
  operation: Operation
  /** Empty if the call named none. */
  model: string
  code: string
  /** The message of the error. */
  reason: string
  /** Empty without an API key. */
  keyId: string
  /** Empty if its session had not begun. */
  sessionId: string
}

/** Conditions on failed calls; all that are given must hold. `since` is inclusive, `until` is not. */
export type FailureFilter = {
  since?: number | undefined
  until?: number | undefined
  operation?: Operation | undefined
  model?: string | undefined
  keyId?: string | undefined
  sessionId?: string | undefined
}

/** A position in the list: rows at or before this one follow it. */
export type FailurePlace = { at: number; id: string }

/** Returns the refused and failed calls of an account, newest first, and where the next page begins; null at the end. */
export function* listFailures(
  accountId: string,
  {
    limit,
    before,
    ...filter
  }: FailureFilter & { limit: number; before?: FailurePlace | undefined },
): TransactionBody<{ rows: FailedCall[]; next: FailurePlace | null }> {
  const page = { ...filter, limit: limit + 1, before }
  const found = [
    ...(yield* refusedCalls(accountId, page)),
    ...(yield* failedGenerations(accountId, page)),
  ].toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  const next = found.length > limit && last !== undefined ? { at: last.at, id: last.id } : null
  return { rows, next }
}

const COLUMNS = ['operation', 'model', 'key_id', 'session_id'] as const

type Page = FailureFilter & { limit: number; before?: FailurePlace | undefined }

function* refusedCalls(accountId: string, page: Page): TransactionBody<FailedCall[]> {
  const { since, until, before, limit, operation, model, keyId, sessionId } = page
  const equal = { operation, model, key_id: keyId, session_id: sessionId }
  const rows = yield* query((db) => {
    let select = db.selectFrom('refused_call').selectAll().where('account_id', '=', accountId)
    if (since !== undefined) select = select.where('last_at', '>=', since)
    if (until !== undefined) select = select.where('last_at', '<', until)
    if (before !== undefined)
      select = select.where((eb) =>
        eb(eb.refTuple('last_at', 'id'), '<', eb.tuple(before.at, before.id)),
      )
    for (const column of COLUMNS)
      if (equal[column] !== undefined) select = select.where(column, '=', equal[column])
    return select.orderBy('last_at', 'desc').orderBy('id', 'desc').limit(limit)
  })
  return rows.map((row) => ({
    id: row.id,
    generationId: null,
    at: row.last_at,
    firstAt: row.first_at,
    count: row.count,
    operation: row.operation,
    model: row.model,
    code: row.code,
    reason: row.reason,
    keyId: row.key_id,
    sessionId: row.session_id,
  }))
}

function* failedGenerations(accountId: string, page: Page): TransactionBody<FailedCall[]> {
  const { since, until, before, limit, operation, model, keyId, sessionId } = page
  const equal = { operation, model, key_id: keyId, session_id: sessionId }
  const rows = yield* query((db, sql) => {
    // One by one: with a join PostgreSQL would rather read all holds.
    const ofHold = <T extends string>(column: keyof typeof equal) =>
      sql<T>`(select ${sql.ref(column)} from hold where hold.id = generation.id)`
    let select = db
      .selectFrom('generation')
      .select(['id', 'error', 'finished_at'])
      .select([
        ofHold<Operation>('operation').as('operation'),
        ofHold('model').as('model'),
        ofHold('key_id').as('key_id'),
        ofHold('session_id').as('session_id'),
      ])
      .where('account_id', '=', accountId)
      .where('status', '=', sql.lit('failed'))
    if (since !== undefined) select = select.where('finished_at', '>=', since)
    if (until !== undefined) select = select.where('finished_at', '<', until)
    if (before !== undefined)
      select = select.where((eb) =>
        eb(eb.refTuple('finished_at', 'id'), '<', eb.tuple(before.at, before.id)),
      )
    for (const column of COLUMNS)
      if (equal[column] !== undefined) select = select.where(ofHold(column), '=', equal[column])
    return select.orderBy('finished_at', 'desc').orderBy('id', 'desc').limit(limit)
  })
  return rows.map(({ id, error, finished_at, operation: tool, ...row }) => {
    const at = finished_at ?? 0
    const failure = error === null ? null : readFailure(error)
    return {
      id,
      generationId: id,
      at,
      firstAt: at,
      count: 1,
      operation: tool,
      model: row.model,
      code: failure?.code ?? 'internal',
      reason: failure?.message ?? '',
      keyId: row.key_id,
      sessionId: row.session_id,
    }
  })
}
