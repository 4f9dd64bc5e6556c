import { getAccount, listAccounts, type Account } from '../accounts/accounts.ts'
import { query, type TransactionBody } from '../db/db.ts'
import { dayOf, monthOf } from '../ledger/rules.ts'

/** An account with its use. Amounts are micro-dollars of credits. */
export type AccountUse = Account & {
  spentToday: number
  spentThisMonth: number
  /** Keys that are neither revoked nor expired. */
  liveKeys: number
}

/** Which accounts: those after the id `after`, at most `limit`. */
export type AccountsRequest = { after?: string | undefined; limit: number }

/** Returns accounts in the order of their ids with their use, and whether there are more. */
export function* accountsPage(
  { after = '', limit }: AccountsRequest,
  nowMs: number,
): TransactionBody<{ accounts: AccountUse[]; more: boolean }> {
  const found = yield* listAccounts({ after, limit: limit + 1 })
  const accounts = yield* withUse(found.slice(0, limit), nowMs)
  return { accounts, more: found.length > limit }
}

/** Returns one account with its use. Throws `not_found`. */
export function* accountUse(id: string, nowMs: number): TransactionBody<AccountUse> {
  const account = yield* getAccount(id)
  const [use] = yield* withUse([account], nowMs)
  return use ?? { ...account, spentToday: 0, spentThisMonth: 0, liveKeys: 0 }
}

type Sums = Map<string, number>

function* withUse(accounts: readonly Account[], nowMs: number): TransactionBody<AccountUse[]> {
  if (accounts.length === 0) return []
  const ids = accounts.map(({ id }) => id)
  const today = yield* spentOn(ids, dayOf(nowMs))
  const month = yield* spentIn(ids, monthOf(dayOf(nowMs)))
  const keys = yield* liveKeysOf(ids, nowMs)
  return accounts.map((account) => ({
    ...account,
    spentToday: today.get(account.id) ?? 0,
    spentThisMonth: month.get(account.id) ?? 0,
    liveKeys: keys.get(account.id) ?? 0,
  }))
}

function* spentOn(ids: readonly string[], day: string): TransactionBody<Sums> {
  const rows = yield* query((db) =>
    db
      .selectFrom('usage_day')
      .select(({ fn }) => ['account_id', fn.sum('amount').as('sum')])
      .where('account_id', 'in', ids)
      .where('day', '=', day)
      .where('billing', '=', 'credits')
      .groupBy('account_id'),
  )
  return new Map(rows.map(({ account_id, sum }) => [account_id, Number(sum)]))
}

/** Returns what each of these accounts spent in a month, in micro-dollars, by its id. */
export function* spentIn(ids: readonly string[], month: string): TransactionBody<Sums> {
  const rows = yield* query((db) =>
    db
      .selectFrom('usage_month')
      .select(({ fn }) => ['account_id', fn.sum('amount').as('sum')])
      .where('account_id', 'in', ids)
      .where('month', '=', month)
      .where('billing', '=', 'credits')
      .groupBy('account_id'),
  )
  return new Map(rows.map(({ account_id, sum }) => [account_id, Number(sum)]))
}

function* liveKeysOf(ids: readonly string[], nowMs: number): TransactionBody<Sums> {
  const rows = yield* query((db) =>
    db
      .selectFrom('api_key')
      .select(({ fn }) => ['account_id', fn.countAll().as('count')])
      .where('account_id', 'in', ids)
      .where('revoked_at', 'is', null)
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', nowMs)]))
      .groupBy('account_id'),
  )
  return new Map(rows.map(({ account_id, count }) => [account_id, Number(count)]))
}
