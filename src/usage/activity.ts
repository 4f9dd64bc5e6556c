import { query, type TransactionBody } from '../db/db.ts'
import type { StoredRequest } from '../generations/generation.ts'
import { promptOf, type PaidRequest } from '../generations/request.ts'
import { DAY_MS } from '../ledger/rules.ts'
import { categoryOfModel, type Category } from '../pricing/catalog.ts'
import { truncate } from '../text.ts'
import type { DayRange } from './days.ts'
import type { Kind, Narrowing, Question } from './question.ts'
import {
  countTransactions,
  listTransactions,
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
  /** The prompt, or the name of the input. Text from outside. */
  about: string | null
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
  const page = yield* listTransactions(accountId, { ...matching, ...place, limit: size })
  const count = { most: COUNTED_MAX + 1 }
  const total = yield* countTransactions(accountId, matching, count)
  const skipped =
    page.previous === null
      ? 0
      : yield* countTransactions(accountId, matching, { ...count, after: page.previous })
  const about = yield* aboutOf(page.transactions.map(({ ref }) => ref))
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
      about: about.get(row.ref) ?? null,
    })),
    older: page.next,
    newer: page.previous,
    skipped: skipped > COUNTED_MAX ? null : skipped,
    total: total > COUNTED_MAX ? null : total,
  }
}

/** Returns a short description of each generation, by id: its prompt or the name of its input. */
export function* aboutOf(ids: readonly string[]): TransactionBody<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = yield* query((db) =>
    db.selectFrom('generation').select(['id', 'request']).where('id', 'in', ids),
  )
  return new Map(rows.map(({ id, request }) => [id, describeRequest(request)] as const))
}

/** The prompt of a stored request, or else the name of its input. At most 300 characters. */
function describeRequest(stored: string): string {
  const { request } = JSON.parse(stored) as Partial<StoredRequest>
  if (request === undefined) return ''
  return truncate(promptOf(request) ?? sourceOf(request), 300)
}

function sourceOf(request: PaidRequest): string {
  if (request.operation === 'editImage') return baseName(request.images[0] ?? '')
  return 'image' in request ? baseName(request.image) : ''
}

/** The last part of a path or URL; an inline image has no name. */
function baseName(source: string): string {
  if (source.startsWith('data:')) return 'an inline image'
  return (
    source
      .replace(/[?#].*$/s, '')
      .split(/[\\/]/)
      .at(-1) ?? ''
  )
}
