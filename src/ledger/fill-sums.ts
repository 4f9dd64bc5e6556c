import { query, type PendingQuery, type RawSql, type TransactionBody } from '../db/db.ts'
import { addedTo, SUM_COLUMNS, SUMS } from './queries/sums.ts'

/** Entries that a statement reads: one on PostgreSQL may take ten seconds. */
const CHUNK = 20_000

/** Fills the sums by session and by month, which are not dumped, from the entries: so many in one statement. */
export function* fillSums(chunk = CHUNK): TransactionBody<void> {
  const accounts = yield* query((db) => db.selectFrom('account').select(['id', 'entries']))
  for (const { id, entries } of accounts) {
    for (let after = 0; after < entries; after += chunk)
      yield once((sql) => charges(sql, id, { after, last: after + chunk }))
    yield once((sql) => refunds(sql, id))
    yield once((sql) => months(sql, id))
  }
}

const once =
  (build: (sql: RawSql) => ReturnType<RawSql>): PendingQuery =>
  (db, sql) =>
    build(sql).compile(db)

const listOf = (columns: readonly string[]): string => columns.join(', ')
const KEY = listOf(SUMS.usage_session_day)

function charges(sql: RawSql, accountId: string, { after, last }: { after: number; last: number }) {
  return sql`insert into usage_session_day (${sql.raw(listOf(SUM_COLUMNS.usage_session_day))})
    select ${sql.raw(KEY)}, count(*), sum(amount) from entry
    where account_id = ${accountId} and seq > ${after} and seq <= ${last} and kind = 'capture'
    group by ${sql.raw(KEY)} ${addedTo(sql, 'usage_session_day')}`
}

function refunds(sql: RawSql, accountId: string) {
  const same = SUMS.usage_session_day.map((column) =>
    sql.raw(`usage_session_day.${column} = back.${column}`),
  )
  return sql`update usage_session_day set count = usage_session_day.count - back.count,
      amount = usage_session_day.amount - back.amount
    from (select ${sql.raw(KEY)}, count(*) as count, sum(amount) as amount from entry
      where account_id = ${accountId} and kind = 'refund' group by ${sql.raw(KEY)}) as back
    where ${sql.join(same, sql` and `)}`
}

function months(sql: RawSql, accountId: string) {
  const key = listOf(
    SUMS.usage_month.map((column) => (column === 'month' ? 'substr(day, 1, 7)' : column)),
  )
  return sql`insert into usage_month (${sql.raw(listOf(SUM_COLUMNS.usage_month))})
    select ${sql.raw(key)}, sum(count), sum(amount)
    from usage_session_day where account_id = ${accountId} group by ${sql.raw(key)}`
}
