import type { RawBuilder, Sql } from 'kysely'
import { toApiKey, type ApiKey } from '../accounts/api-key.ts'
import { toGroup, type KeyGroup } from '../accounts/groups.ts'
import { query, type TransactionBody } from '../db/db.ts'
import { budgetId } from '../ledger/rules.ts'

/** A key and all that it ever spent, in micro-dollars: refunds do not lower it. */
export type KeyUse = ApiKey & {
  spent: number
  /** Who uses a connection; null for a key. */
  client: { id: string; sendsTo: string } | null
}

/** A group and all that its keys ever spent, in micro-dollars. */
export type GroupUse = KeyGroup & { spent: number }

/** Which of them: of one account or of all, those after the id `after`, at most `limit`. */
export type PageRequest = {
  accountId?: string | undefined
  after?: string | undefined
  limit?: number | undefined
}

/** Returns keys in the order of their ids, oldest or newest first, with revoked and expired ones, and what each spent. */
export function* keysWithUse({
  accountId,
  after = '',
  limit = Number.MAX_SAFE_INTEGER,
  isNewestFirst = false,
}: PageRequest & { isNewestFirst?: boolean }): TransactionBody<KeyUse[]> {
  const rows = yield* query((db, sql) => {
    const select = db
      .selectFrom('api_key')
      .leftJoin('connection', 'connection.key_id', 'api_key.id')
      .selectAll('api_key')
      .select(['connection.client_id', 'connection.sends_to'])
      .select((eb) =>
        eb
          .selectFrom('budget')
          .select('spent')
          .where('budget.id', '=', idIn(sql, 'key_total', sql.ref('api_key.id')))
          .as('spent'),
      )
      .where('api_key.id', '>', after)
      .orderBy('api_key.id', isNewestFirst ? 'desc' : 'asc')
      .limit(limit)
    return accountId === undefined ? select : select.where('api_key.account_id', '=', accountId)
  })
  return rows.map(({ client_id: id, sends_to: sendsTo, spent, ...key }) => ({
    ...toApiKey(key),
    spent: spent ?? 0,
    client: id === null || sendsTo === null ? null : { id, sendsTo },
  }))
}

/** Returns groups in the order of their ids, and what each spent. */
export function* groupsWithUse({
  accountId,
  after = '',
  limit = Number.MAX_SAFE_INTEGER,
}: PageRequest): TransactionBody<GroupUse[]> {
  const rows = yield* query((db, sql) => {
    const select = db
      .selectFrom('key_group')
      .selectAll()
      .select((eb) =>
        eb
          .selectFrom('budget')
          .select('spent')
          .where('budget.id', '=', idIn(sql, 'group_total', sql.ref('key_group.id')))
          .as('spent'),
      )
      .where('key_group.id', '>', after)
      .orderBy('key_group.id')
      .limit(limit)
    return accountId === undefined ? select : select.where('key_group.account_id', '=', accountId)
  })
  return rows.map(({ spent, ...group }) => ({ ...toGroup(group), spent: spent ?? 0 }))
}

/** The id of the budget of the subject that a column holds. */
function idIn(sql: Sql, scope: 'key_total' | 'group_total', column: RawBuilder<unknown>) {
  return sql<string>`replace(${budgetId(scope, '?', '')}, '?', ${column})`
}
