import { query, type PendingQuery, type RawSql, type TransactionBody } from './db.ts'

/** Entries that a statement reads: one on PostgreSQL may take ten seconds. */
const CHUNK = 20_000

const WORK = 'key_id, model, operation, modality, billing'
const KEY = `account_id, session_id, day, ${WORK}`
const MONTH_KEY = `account_id, month, ${WORK}`

/** Fills the sums by session and by month, which are not dumped, from the entries. */
export function* fillSums(): TransactionBody<void> {
  const accounts = yield* query((db) => db.selectFrom('account').select(['id', 'entries']))
  for (const { id, entries } of accounts) {
    for (let after = 0; after < entries; after += CHUNK)
      yield once((sql) => charges(sql, id, after))
    yield once((sql) => refunds(sql, id))
    yield once((sql) => months(sql, id))
  }
}

const once =
  (build: (sql: RawSql) => ReturnType<RawSql>): PendingQuery =>
  (db, sql) =>
    build(sql).compile(db)

function charges(sql: RawSql, accountId: string, after: number) {
  const key = sql.raw(KEY)
  return sql`insert into usage_session_day (${key}, count, amount)
    select ${key}, count(*), sum(amount) from entry
    where account_id = ${accountId} and seq > ${after} and seq <= ${after + CHUNK} and kind = 'capture'
    group by ${key}
    on conflict (${key}) do update set count = usage_session_day.count + excluded.count,
      amount = usage_session_day.amount + excluded.amount`
}

function refunds(sql: RawSql, accountId: string) {
  const same = KEY.split(', ').map((column) =>
    sql.raw(`usage_session_day.${column} = back.${column}`),
  )
  return sql`update usage_session_day set count = usage_session_day.count - back.count,
      amount = usage_session_day.amount - back.amount
    from (select ${sql.raw(KEY)}, count(*) as count, sum(amount) as amount from entry
      where account_id = ${accountId} and kind = 'refund' group by ${sql.raw(KEY)}) as back
    where ${sql.join(same, sql` and `)}`
}

function months(sql: RawSql, accountId: string) {
  return sql`insert into usage_month (${sql.raw(MONTH_KEY)}, count, amount)
    select account_id, substr(day, 1, 7), ${sql.raw(WORK)}, sum(count), sum(amount)
    from usage_session_day where account_id = ${accountId} group by account_id, substr(day, 1, 7), ${sql.raw(WORK)}`
}
