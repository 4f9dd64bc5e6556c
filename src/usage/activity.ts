import type { TransactionBody } from '../db/db.ts'
import { DAY_MS } from '../ledger/rules.ts'
import { reasonsOf } from '../operator/audit.ts'
import { categoryOfModel, type Category } from '../pricing/catalog.ts'
import { aboutOf, thumbnailsOf } from './about.ts'
import type { DayRange } from './days.ts'
import type { Kind, Narrowing, Question } from './question.ts'
import {
  countTransactions,
  listTransactions,
  type PageRequest,
  type Transaction,
  type TransactionFilter,
} from './transactions.ts'

/** Rows are counted up to this number, so that a page takes the same time in a ledger of any size. */
const COUNTED_MAX = 200

/** One row of the page. `at` is in milliseconds since 1970. */
type ActivityRow = Pick<
  Transaction,
  'id' | 'ref' | 'kind' | 'operation' | 'model' | 'billing' | 'status'
> & {
  at: number
  /** Micro-dollars: positive for what was spent, negative for what came in. */
  cost: number
  /** Null for what is no work: top-ups. */
  category: Category | null
  /** The prompt, or what the input is of; of credits by the operator the reason. Text from outside. */
  about: string | null
  /** The id of its first picture; null if it has none, or if the caller may not see files. */
  thumbnail: string | null
  /** The generation of a charge or a refund; null for a top-up. */
  generationId: string | null
}

/** A page of the activity of an account, newest first. */
export type Activity = {
  rows: ActivityRow[]
  /** `before` for the older page and `after` for the newer one; null if there is none. */
  older: number | null
  newer: number | null
  /** The number of newer rows, and of all rows; null above 200. */
  skipped: number | null
  total: number | null
}

const NO_ROWS: Activity = { rows: [], older: null, newer: null, skipped: 0, total: 0 }

const TYPES = { charges: 'generation', refunds: 'refund', 'top-ups': 'top_up' } as const satisfies {
  [K in Exclude<Kind, 'failed'>]: TransactionFilter['type']
}

/** Returns the conditions of a question on transactions; null for the kind that is none: calls that failed. */
export function transactionFilter(
  range: DayRange,
  { kind, ...columns }: Narrowing,
): TransactionFilter | null {
  if (kind === 'failed') return null
  return {
    ...columns,
    type: kind && TYPES[kind],
    since: Date.parse(range.from),
    until: Date.parse(range.to) + DAY_MS,
  }
}

/** Reads a page of what a question asks for. */
export function* activity(
  accountId: string,
  { range, filter, place, size }: Question,
): TransactionBody<Activity> {
  const matching = transactionFilter(range, filter)
  if (matching === null) return NO_ROWS
  const page = yield* listTransactions(accountId, { ...matching, ...rowsAt(place), limit: size })
  const count = { most: COUNTED_MAX + 1 }
  const total = yield* countTransactions(accountId, matching, count)
  const skipped =
    page.previous === null
      ? 0
      : yield* countTransactions(accountId, matching, { ...count, after: page.previous })
  const ids = page.transactions.filter(isWork).map(({ ref }) => ref)
  const about = yield* aboutOf(ids)
  const thumbnails = yield* thumbnailsOf(accountId, ids)
  const byOperator = page.transactions.filter(isByOperator).map(({ id }) => id)
  const reasons = yield* reasonsOf(accountId, byOperator)
  return {
    rows: page.transactions.map((row) => ({
      id: row.id,
      ref: row.ref,
      kind: row.kind,
      at: row.at,
      operation: row.operation,
      model: row.model,
      cost: row.cost,
      billing: row.billing,
      status: row.status,
      category: row.model === null ? null : categoryOfModel(row.model),
      about: about.get(row.ref) ?? reasons.get(row.id) ?? null,
      generationId: isWork(row) ? row.ref : null,
      thumbnail: thumbnails.get(row.ref) ?? null,
    })),
    older: page.next,
    newer: page.previous,
    skipped: skipped > COUNTED_MAX ? null : skipped,
    total: total > COUNTED_MAX ? null : total,
  }
}

function isWork({ kind }: Transaction): boolean {
  return kind === 'capture' || kind === 'refund'
}

function isByOperator({ kind }: Transaction): boolean {
  return kind === 'credit' || kind === 'correction'
}

/** A day is a page before no row at all, which has newer ones. */
function rowsAt({ day, ...place }: Question['place']): Partial<PageRequest> {
  if (day === undefined) return place
  return { before: Number.MAX_SAFE_INTEGER, until: Date.parse(day) + DAY_MS }
}
