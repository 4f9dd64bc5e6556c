import { execute, forRows, preparedQuery, type RawSql } from '../../db/db.ts'
import {
  credited,
  findAccount,
  holdInAccount,
  postSum,
  releaseInAccount,
  type AccountState,
} from '../queries/account.ts'
import { holdInBudget, settleInBudget } from '../queries/budget.ts'
import { insertEntry } from '../queries/entry.ts'
import { insertHold, isNewId, resolveHold, type EndedHold } from '../queries/hold.ts'
import { insertInto } from './columns.ts'

/**
 * The batch forms of the ledger's statements. Those for PostgreSQL have the same conditions as the single forms; a row
 * that fails them is not returned. Existing rows are locked in the order of their ids, so that two batches never
 * deadlock.
 */

type Rows = { rows: string }
type Id = { id: string }

/** As `insertHold`. */
export const insertHolds = forRows(
  insertHold,
  preparedQuery((db, p: Rows, sql) => ({
    compile: () =>
      sql<Id>`${insertInto(sql, 'hold', p.rows)} as asked
        where ${isNewId(sql, sql`asked.id`, sql`asked.account_id`)}
        on conflict do nothing returning id`.compile(db),
  })),
)

/** As `holdInAccount`; `amount` is the sum of an account's holds, `price` that of the dearest. */
export const holdInAccounts = forRows(
  holdInAccount,
  preparedQuery((db, p: Rows, sql) => ({
    compile: () =>
      sql<
        Id & { available: number }
      >`with asked as materialized (select * from json_to_recordset(${p.rows}) as each (id text, amount bigint, price bigint)),
        locked as materialized (${locked(sql, 'account')})
        update account set available = account.available - asked.amount, held = account.held + asked.amount
        from asked join locked using (id)
        where account.id = asked.id and account.available >= asked.amount
          and (account.debt = 0 or asked.amount = 0)
          and account.suspended_at is null and account.closed_at is null
          and (account.max_price is null or account.max_price >= asked.price)
        returning account.id, account.available`.compile(db),
  })),
)

/** As `holdInBudgets`; `held` is the sum of the holds that count against a budget. */
export const holdInBudgetRows = forRows(
  holdInBudget,
  preparedQuery((db, p: Rows, sql) => ({
    compile: () =>
      sql<Id & { used: number }>`${insertInto(sql, 'budget', p.rows)}
        where cap is null or held <= cap
        on conflict (id, account_id) do update set cap = excluded.cap, held = budget.held + excluded.held
        where excluded.cap is null or budget.held + budget.spent + excluded.held <= excluded.cap
        returning id, held + spent as used`.compile(db),
  })),
)

/** As `resolveHold`. */
export const resolveHolds = forRows(
  resolveHold,
  preparedQuery((db, p: Rows, sql) => ({
    compile: () =>
      sql<EndedHold>`with asked as materialized (select * from json_populate_recordset(null::hold, ${p.rows})),
        locked as materialized (${locked(sql, 'hold')})
        update hold set state = asked.state, captured = asked.captured, resolved_at = asked.resolved_at
        from asked join locked using (id)
        where hold.id = asked.id and hold.state = 'held' and hold.amount >= asked.captured
        returning hold.*`.compile(db),
  })),
)

/** Locks accounts to the end of the transaction. Returns them as they are before the postings that follow. */
export const lockAccounts = forRows(
  findAccount,
  preparedQuery((db, p: Rows, sql) => ({
    compile: () =>
      sql<
        AccountState & Id
      >`with asked as (select * from json_to_recordset(${p.rows}) as each (id text))
        ${locked(sql, 'account')}`.compile(db),
  })),
)

/** As `postSum`, for accounts that are locked. */
export const postSums = forRows(
  postSum,
  execute((db, p: Rows, sql) => ({
    compile: () =>
      sql`update account set held = account.held + asked.held, spent = account.spent + asked.spent, ${creditedEach(sql)},
          entries = account.entries + asked.entries, last_at = greatest(account.last_at, asked.at)
        from json_to_recordset(${p.rows})
          as asked (account_id text, held bigint, spent bigint, credited bigint, entries bigint, at bigint)
        where account.id = asked.account_id`.compile(db),
  })),
)

/** As `releaseInAccount`; `amount` is the sum of an account's holds. */
export const releaseInAccounts = forRows(
  releaseInAccount,
  execute((db, p: Rows, sql) => ({
    compile: () =>
      sql`with asked as materialized (select id, amount as credited
          from json_to_recordset(${p.rows}) as each (id text, amount bigint)),
        locked as materialized (${locked(sql, 'account')})
        update account set held = account.held - asked.credited, ${creditedEach(sql)}
        from asked join locked using (id)
        where account.id = asked.id`.compile(db),
  })),
)

/** As `settleInBudget`, with the sums of the holds that ended in a budget. Its account is locked already. */
export const settleInBudgetRows = forRows(
  settleInBudget,
  execute((db, p: Rows, sql) => ({
    compile: () =>
      sql`update budget set held = budget.held - asked.amount, spent = budget.spent + asked.captured
        from json_to_recordset(${p.rows}) as asked (id text, account_id text, amount bigint, captured bigint)
        where budget.id = asked.id and budget.account_id = asked.account_id`.compile(db),
  })),
)

export const insertEntries = forRows(
  insertEntry,
  execute((db, p: Rows, sql) => ({
    compile: () => insertInto(sql, 'entry', p.rows).compile(db),
  })),
)

/** Locks the rows of a batch, always in the order of their ids. Returns their latest committed values. */
function locked(sql: RawSql, table: 'account' | 'hold') {
  const rows = sql.table(table)
  return sql`select ${rows}.* from ${rows} where ${rows}.id in (select id from asked)
    order by ${rows}.id for no key update`
}

/** As `credited`, for the account of each row. */
function creditedEach(sql: RawSql) {
  const after = credited(sql, sql`asked.credited`, sql`account.available`, sql`account.debt`)
  return sql`available = ${after.available}, debt = ${after.debt}`
}
