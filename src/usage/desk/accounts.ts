import { toAccount, type Account } from '../../accounts/accounts.ts'
import { query, type TransactionBody } from '../../db/db.ts'
import { dayOf, monthOf } from '../../ledger/rules.ts'
import { spentIn, type AccountUse } from '../accounts.ts'
import { eachDay, lastDays } from '../days.ts'
import { readPlace, writePlace } from './place.ts'

/** The orders of the list: newest first, by name, by what was spent this month, by balance from the lowest. */
export const ORDERS = ['newest', 'name', 'spent', 'balance'] as const
export type Order = (typeof ORDERS)[number]

/** Accounts on a page, and days of spending that each shows. */
const ACCOUNTS_SHOWN = 25
const SPARK_DAYS = 30

/** Which accounts: in an order, with words in their names; `after` is where the page before ended. */
export type AccountsAsked = {
  order: Order
  words: string
  after: string | undefined
  limit?: number
}

/** An account of the list. `days` is what it spent on each of the last days, oldest first, in micro-dollars. */
export type ListedAccount = Omit<AccountUse, 'liveKeys'> & { days: number[] }

/** A page of accounts, and where it ends; null on the last one. */
export type ListedAccounts = { accounts: ListedAccount[]; next: string | null }

/**
 * Reads a page of accounts. `ranked` has the ids of an order that is counted over all accounts, first to last. Throws
 * `invalid_input` for a place that no page ended at.
 */
export function* listedAccounts(
  { order, words, after, limit = ACCOUNTS_SHOWN }: AccountsAsked,
  ranked: readonly string[],
  nowMs: number,
): TransactionBody<ListedAccounts> {
  const place = after === undefined ? null : readPlace(after)
  const found =
    order === 'newest' || order === 'name'
      ? yield* inOrder({ order, words, place, limit })
      : yield* byRank(ranked.slice(place?.rank ?? 0, (place?.rank ?? 0) + limit + 1))
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const accounts = yield* withSpending(shown, nowMs)
  if (found.length <= limit || last === undefined) return { accounts, next: null }
  const { id, name } = last
  return { accounts, next: writePlace({ id, name, rank: (place?.rank ?? 0) + limit }) }
}

type Place = { id: string; name: string; rank: number }

function* inOrder({
  order,
  words,
  place,
  limit,
}: {
  order: 'newest' | 'name'
  words: string
  place: Place | null
  limit: number
}): TransactionBody<Account[]> {
  const rows = yield* query((db, sql) => {
    let select = db.selectFrom('account').selectAll()
    if (words !== '')
      select = select.where(sql<boolean>`lower(name) like ${patternOf(words)} escape '\\'`)
    if (order === 'newest') {
      if (place !== null) select = select.where('id', '<', place.id)
      return select.orderBy('id', 'desc').limit(limit + 1)
    }
    if (place !== null)
      select = select.where((eb) =>
        eb(eb.refTuple('name', 'id'), '>', eb.tuple(place.name, place.id)),
      )
    return select
      .orderBy('name')
      .orderBy('id')
      .limit(limit + 1)
  })
  return rows.map(toAccount)
}

/** Returns the pattern for names that contain a text, whatever its case (on SQLite that of A to Z). */
function patternOf(words: string): string {
  return `%${words.toLowerCase().replace(/[\\%_]/g, String.raw`\$&`)}%`
}

function* byRank(ids: readonly string[]): TransactionBody<Account[]> {
  if (ids.length === 0) return []
  const rows = yield* query((db) => db.selectFrom('account').selectAll().where('id', 'in', ids))
  const byId = new Map(rows.map((row) => [row.id, toAccount(row)]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

function* withSpending(
  accounts: readonly Account[],
  nowMs: number,
): TransactionBody<ListedAccount[]> {
  if (accounts.length === 0) return []
  const range = lastDays(SPARK_DAYS, nowMs)
  const ids = accounts.map(({ id }) => id)
  const rows = yield* query((db) =>
    db
      .selectFrom('usage_day')
      .select(({ fn }) => ['account_id', 'day', fn.sum('amount').as('amount')])
      .where('account_id', 'in', ids)
      .where('day', '>=', range.from)
      .where('billing', '=', 'credits')
      .groupBy(['account_id', 'day']),
  )
  const sums = new Map(rows.map(({ account_id, day, amount }) => [`${account_id} ${day}`, amount]))
  const month = yield* spentIn(ids, monthOf(dayOf(nowMs)))
  return accounts.map((account) => {
    const days = eachDay(range).map((day) => Number(sums.get(`${account.id} ${day}`) ?? 0))
    const spentThisMonth = month.get(account.id) ?? 0
    return { ...account, days, spentToday: days.at(-1) ?? 0, spentThisMonth }
  })
}
