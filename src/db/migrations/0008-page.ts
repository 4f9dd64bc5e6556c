import type { Dialect } from '../dialect.ts'

const KEY = 'account_id, session_id, day, key_id, model, operation, modality, billing'

const MONTH_KEY = 'account_id, month, key_id, model, operation, modality, billing'

/** Queries name it in these words, because SQLite uses a partial index only then. */
const IS_REFUND = `kind not in ('grant', 'capture', 'top_up', 'claw_back', 'restore')`

/** Adds up the charges of each session, without what was refunded, from the entries. */
export const FILL_SESSION_SUMS = `insert into usage_session_day (${KEY}, count, amount)
  select ${KEY}, sum(case kind when 'capture' then 1 else -1 end),
    sum(case kind when 'capture' then amount else -amount end)
  from entry where kind in ('capture', 'refund') group by ${KEY}`

/** The same for each month. */
export const FILL_MONTH_SUMS = `insert into usage_month (${MONTH_KEY}, count, amount)
  select account_id, substr(day, 1, 7), key_id, model, operation, modality, billing, sum(count), sum(amount)
  from usage_session_day group by 1, 2, 3, 4, 5, 6, 7`

/**
 * What the usage page reads: spending by session and day and by month, and an index for each way to list entries in
 * their order. Triggers keep the sums, in the transaction of the entry, so that no path of the ledger can forget them.
 */
export function page(dialect: Dialect): string[] {
  const { integer, table, afterInsert, statistics } = dialect
  const sums = (name: string, key: string): string => `create table ${name} (
      ${key
        .split(', ')
        .map((column) => `${column} text not null`)
        .join(',\n      ')},
      count ${integer} not null check (count >= 0),
      amount ${integer} not null check (amount >= 0),
      primary key (${key})
    )${table.keyed}`
  return [
    sums('usage_session_day', KEY),
    `create index usage_session_day_by_day on usage_session_day (account_id, day)`,
    sums('usage_month', MONTH_KEY),
    FILL_SESSION_SUMS,
    FILL_MONTH_SUMS,
    ...afterInsert({
      on: 'entry',
      name: 'charge_in_sums',
      when: `new.kind = 'capture'`,
      run: [add('usage_session_day', KEY), add('usage_month', MONTH_KEY)],
    }),
    ...afterInsert({
      on: 'entry',
      name: 'refund_in_sums',
      when: `new.kind = 'refund'`,
      run: [take('usage_session_day', KEY), take('usage_month', MONTH_KEY)],
    }),
    `create index entry_by_model on entry (account_id, model, seq)`,
    `create index entry_refund on entry (account_id, seq) where ${IS_REFUND}`,
    `create index entry_refund_by_day on entry (account_id, day) where ${IS_REFUND}`,
    `create index entry_refund_by_session on entry (account_id, session_id) where ${IS_REFUND}`,
    `create index entry_top_up on entry (account_id, seq) where kind not in ('capture', 'refund')`,
    `create index generation_open_of_account on generation (account_id, id) where finished_at is null`,
    ...statistics('entry', {
      entry_by_model: '100000 2000 1',
      entry_refund: '1000 1',
      entry_refund_by_day: '1000 10',
      entry_refund_by_session: '1000 1',
      entry_top_up: '1000 1',
    }),
  ]
}

/** The value of a column of the sums for a new entry. */
function valueOf(column: string): string {
  return column === 'month' ? 'substr(new.day, 1, 7)' : `new.${column}`
}

function add(table: string, key: string): string {
  return `insert into ${table} (${key}, count, amount)
    values (${key.split(', ').map(valueOf).join(', ')}, 1, new.amount)
    on conflict (${key}) do update set count = ${table}.count + 1, amount = ${table}.amount + excluded.amount`
}

function take(table: string, key: string): string {
  const found = key.split(', ').map((column) => `${column} = ${valueOf(column)}`)
  return `update ${table} set count = count - 1, amount = amount - new.amount where ${found.join(' and ')}`
}
