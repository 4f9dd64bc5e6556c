import type { TransactionBody } from '../db/db.ts'
import { DAY_MS } from '../ledger/rules.ts'
import { categoryOfModel, type Category } from '../pricing/catalog.ts'
import { aboutOf, thumbnailsOf } from './about.ts'
import type { DayRange } from './days.ts'
import {
  countTransactions,
  listTransactions,
  type Transaction,
  type TransactionFilter,
} from './transactions.ts'

/** Rows per page. */
export const ACTIVITY_PAGE = 10
/** Rows are counted up to this number, so that a page takes the same time in a ledger of any size. */
const COUNTED_MAX = 200

export type ActivityFilter = Pick<
  TransactionFilter,
  'operation' | 'modality' | 'keyId' | 'sessionId'
>

/** Which page: the rows older than the entry number `before`, or newer than the entry number `after`. */
export type ActivityPlace = { before?: number | undefined; after?: number | undefined }

/** One generation as the page shows it. `at` is in milliseconds since 1970. */
type ActivityRow = Pick<Transaction, 'id' | 'operation' | 'model' | 'billing' | 'status'> & {
  at: number
  /** Micro-dollars. */
  cost: number
  category: Category
  /** The prompt, or what the input is of. Text from outside. */
  about: string | null
  /** The id of its first picture; null if it has none, or if the caller may not see files. */
  thumbnail: string | null
  generationId: string
}

/** A page of the generations of an account, newest first. */
export type Activity = {
  rows: ActivityRow[]
  /** `before` for the older page and `after` for the newer one; null if there is none. */
  older: number | null
  newer: number | null
  /** The number of newer rows, and of all rows; null above 200. */
  skipped: number | null
  total: number | null
}

/** Reads a page of the generations in a range of days. */
export function* activity(
  accountId: string,
  range: DayRange,
  filter: ActivityFilter & ActivityPlace,
): TransactionBody<Activity> {
  const { before, after, ...conditions } = filter
  const matching: TransactionFilter = {
    ...conditions,
    type: 'generation',
    since: Date.parse(range.from),
    until: Date.parse(range.to) + DAY_MS,
  }
  const page = yield* listTransactions(accountId, {
    ...matching,
    before,
    after,
    limit: ACTIVITY_PAGE,
  })
  const count = { most: COUNTED_MAX + 1 }
  const total = yield* countTransactions(accountId, matching, count)
  const skipped =
    page.previous === null
      ? 0
      : yield* countTransactions(accountId, matching, { ...count, after: page.previous })
  const ids = page.transactions.map(({ id }) => id)
  const about = yield* aboutOf(ids)
  const thumbnails = yield* thumbnailsOf(ids)
  return {
    rows: page.transactions.map((row) => ({
      id: row.id,
      at: row.at,
      operation: row.operation,
      model: row.model,
      cost: row.cost,
      billing: row.billing,
      status: row.status,
      category: categoryOfModel(row.model),
      about: about.get(row.id) ?? null,
      generationId: row.id,
      thumbnail: thumbnails.get(row.id) ?? null,
    })),
    older: page.next,
    newer: page.previous,
    skipped: skipped > COUNTED_MAX ? null : skipped,
    total: total > COUNTED_MAX ? null : total,
  }
}
