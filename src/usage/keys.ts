import { toApiKey, type ApiKey } from '../accounts/api-key.ts'
import { query, type TransactionBody } from '../db/db.ts'
import type { ApiKeyTable } from '../db/schema/accounts.ts'

/** A key and all that it ever spent, in micro-dollars: refunds do not lower it. */
export type KeyUse = ApiKey & { spent: number }

/** Which keys: of one account or of all, those after the id `after`, at most `limit`. */
export type KeysRequest = {
  accountId?: string | undefined
  after?: string | undefined
  limit?: number | undefined
}

/** Returns keys in the order of their ids, with revoked and expired ones, and what each spent. */
export function* keysWithUse({
  accountId,
  after = '',
  limit = Number.MAX_SAFE_INTEGER,
}: KeysRequest): TransactionBody<KeyUse[]> {
  const rows = yield* query((db, sql) => {
    const select = db
      .selectFrom('api_key')
      .selectAll('api_key')
      .select(
        sql<
          number | null
        >`(select spent from budget where budget.id = 'key_total:' || api_key.id)`.as('spent'),
      )
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit)
    return accountId === undefined ? select : select.where('account_id', '=', accountId)
  })
  return rows.map((row: ApiKeyTable & { spent: number | null }) => ({
    ...toApiKey(row),
    spent: row.spent ?? 0,
  }))
}

/** Returns what each group ever spent, in micro-dollars, by its id. */
export function* spentOfGroups(ids: readonly string[]): TransactionBody<Map<string, number>> {
  if (ids.length === 0) return new Map()
  const rows = yield* query((db) =>
    db
      .selectFrom('budget')
      .select(['subject', 'spent'])
      .where(
        'id',
        'in',
        ids.map((id) => `group_total:${id}`),
      ),
  )
  return new Map(rows.map(({ subject, spent }) => [subject, spent]))
}
