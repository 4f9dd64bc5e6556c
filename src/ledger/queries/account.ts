import type { Expression } from 'kysely'
import { execute, preparedQuery, type QueryBuilder, type RawSql } from '../../db/db.ts'
import type { AccountTable } from '../../db/schema/ledger.ts'

/** Opens an account. Returns no row if it was open already. */
export const insertAccount = preparedQuery(
  (db, p: Pick<AccountTable, 'id' | 'name' | 'created_at'>) =>
    db
      .insertInto('account')
      .values({ ...EMPTY, id: p.id, name: p.name, created_at: p.created_at })
      .onConflict((on) => on.column('id').doNothing())
      .returning('id'),
)

const EMPTY = {
  available: 0,
  held: 0,
  spent: 0,
  granted: 0,
  purchased: 0,
  clawed_back: 0,
  debt: 0,
  entries: 0,
  last_at: 0,
  models: null,
  max_price: null,
  suspended_at: null,
  suspended_for: null,
  closed_at: null,
}

export const findAccount = preparedQuery((db, p: { id: string }) =>
  db.selectFrom('account').selectAll().where('id', '=', p.id),
)

/** Locks an account to the end of the transaction, as every write to it does. Returns no row if it is not open. */
export const lockAccount = preparedQuery((db, p: { id: string }, sql) =>
  db
    .updateTable('account')
    .set({ name: sql<string>`name` })
    .where('id', '=', p.id)
    .returning(['id', 'closed_at']),
)

/** `amount` is to be held of the balance for a call of this price: 0 if an own key pays it. Micro-dollars. */
type AccountHold = { id: string; amount: number; price: number }

/**
 * Moves `amount` micro-dollars from available to held. Returns no row if too little is available, or if the account has
 * a debt, is suspended or closed, or may not pay this price for one call.
 */
export const holdInAccount = preparedQuery((db, p: AccountHold, sql) =>
  db
    .updateTable('account')
    .set((eb) => ({ available: eb('available', '-', p.amount), held: eb('held', '+', p.amount) }))
    .where('id', '=', p.id)
    .where('available', '>=', p.amount)
    .where(sql<boolean>`(debt = 0 or cast(${p.amount} as bigint) = 0)`)
    .where('suspended_at', 'is', null)
    .where('closed_at', 'is', null)
    .where(sql<boolean>`(max_price is null or max_price >= cast(${p.price} as bigint))`)
    .returning(['id', 'available']),
)

/** Gives a whole hold of `amount` micro-dollars back. Writes no entry, because nothing was posted. */
export const releaseInAccount = execute((db, p: { id: string; amount: number }, sql) =>
  db
    .updateTable('account')
    .set((eb) => ({ held: eb('held', '-', p.amount), ...credited(sql, p.amount) }))
    .where('id', '=', p.id),
)

/** Changes of an account that are written together with an entry. */
export type Posting = {
  account_id: string
  /** Changes in micro-dollars. A positive `credited` pays a debt or becomes available; a negative one is taken or owed. */
  held: number
  spent: number
  granted: number
  purchased: number
  clawed_back: number
  credited: number
  /** Milliseconds since 1970. */
  at: number
}

/** The amounts of a posting that changes nothing. */
export const NO_CHANGE = {
  held: 0,
  spent: 0,
  granted: 0,
  purchased: 0,
  clawed_back: 0,
  credited: 0,
}

/** Changes the account for an entry: all columns at once, and the number of entries by one. */
export const postToAccount = preparedQuery((db, p: Posting, sql) =>
  posted(db, p, sql).returning(STATE),
)

/** As `postToAccount`, where at least `least` micro-dollars are available. Returns no row if they are not. */
export const postIfAvailable = preparedQuery((db, p: Posting & { least: number }, sql) =>
  posted(db, p, sql).where('available', '>=', p.least).returning(STATE),
)

/** Several postings to an account as one: their sums, the number of their entries, and the latest of their times. */
export type PostingSum = Posting & { entries: number }

/** As `postToAccount`, for several postings. */
export const postSum = execute((db, p: PostingSum, sql) => posted(db, p, sql, p.entries))

function posted(db: QueryBuilder, p: Posting, sql: RawSql, entries = 1) {
  return db
    .updateTable('account')
    .set((eb) => ({
      held: eb('held', '+', p.held),
      spent: eb('spent', '+', p.spent),
      granted: eb('granted', '+', p.granted),
      purchased: eb('purchased', '+', p.purchased),
      clawed_back: eb('clawed_back', '+', p.clawed_back),
      ...credited(sql, p.credited),
      entries: eb('entries', '+', entries),
      last_at: sql<number>`case when last_at > ${p.at} then last_at else ${p.at} end`,
    }))
    .where('id', '=', p.account_id)
}

/** The columns of an account that an entry changes or repeats. */
const STATE = ['available', 'held', 'debt', 'entries', 'last_at'] as const
export type AccountState = Pick<AccountTable, (typeof STATE)[number]>

/** Returns the account after one posting, as `postToAccount` would. For postings that are written as one sum. */
export function accountAfter(before: AccountState | undefined, posting: Posting): AccountState {
  if (before === undefined) throw new Error(`no account ${posting.account_id} to post to`)
  const left = before.available - before.debt + posting.credited
  return {
    available: Math.max(left, 0),
    held: before.held + posting.held,
    debt: Math.max(-left, 0),
    entries: before.entries + 1,
    last_at: Math.max(before.last_at, posting.at),
  }
}

type Amount = Expression<unknown> | number

/**
 * New money pays an open debt first. Money taken back beyond what is available becomes a debt. So an account has
 * credits or a debt, never both. Returns the new values of both columns; amounts are micro-dollars.
 */
export function credited(
  sql: RawSql,
  amount: Amount,
  available: Amount = sql`available`,
  debt: Amount = sql`debt`,
) {
  const left = sql`${available} - ${debt} + ${amount}`
  return {
    available: sql<number>`case when ${left} > 0 then ${left} else 0 end`,
    debt: sql<number>`case when ${left} < 0 then -(${left}) else 0 end`,
  }
}
