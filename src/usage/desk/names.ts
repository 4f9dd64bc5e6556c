import { query, type TransactionBody } from '../../db/db.ts'
import type { AuditTable } from '../../db/schema/operator.ts'

/** Returns the names of the accounts and admin keys in acts, and of the accounts of other rows, by their ids. */
export function* namesIn(
  acts: readonly AuditTable[],
  others: readonly { account_id: string }[] = [],
): TransactionBody<Map<string, string>> {
  const accounts = unique([...acts, ...others].map(({ account_id }) => account_id))
  const keys = unique(acts.map(({ author }) => author))
  const rows = [
    ...(yield* query((db) =>
      db.selectFrom('account').select(['id', 'name']).where('id', 'in', accounts),
    )),
    ...(yield* query((db) =>
      db.selectFrom('admin_key').select(['id', 'name']).where('id', 'in', keys),
    )),
  ]
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** Returns each text once. The empty one is always among them, because a list must not be empty. */
function unique(texts: readonly string[]): string[] {
  return [...new Set(['', ...texts])]
}
