import { query, type TransactionBody } from '../../db/db.ts'

/** Returns the id of the account that an id of it, its keys, groups, generations, files or entries names; null for none. */
export function* accountNamed(id: string): TransactionBody<string | null> {
  const table = tableOf(id)
  if (table === null) return null
  if (table === 'account') {
    const [account] = yield* query((db) =>
      db.selectFrom('account').select('id').where('id', '=', id),
    )
    return account?.id ?? null
  }
  const [row] = yield* query((db, sql) => {
    const found = db.selectFrom(table).select('account_id').where('id', '=', id).limit(1)
    return table === 'entry' ? found.where(sql<boolean>`kind <> 'capture'`) : found
  })
  return row?.account_id ?? null
}

const TABLES = {
  acct: 'account',
  key: 'api_key',
  grp: 'key_group',
  gen: 'generation',
  asset: 'asset',
  txn: 'entry',
  pur: 'purchase',
} as const

/** Returns the table whose ids look like this one; null for any other text. */
function tableOf(id: string): (typeof TABLES)[keyof typeof TABLES] | null {
  const prefix = /^([a-z]+)_\w+$/.exec(id)?.[1] ?? ''
  return Object.hasOwn(TABLES, prefix) ? TABLES[prefix as keyof typeof TABLES] : null
}
