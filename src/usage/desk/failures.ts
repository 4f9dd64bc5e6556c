import { query, type TransactionBody } from '../../db/db.ts'
import { readFailure } from '../../generations/generation.ts'

/** The newest failures that are read, of calls that were refused and of work that failed. */
const READ_MAX = 500

/** Calls with one code, of all accounts. `lastAt` is in milliseconds since 1970. */
type FailureSum = {
  code: string
  /** Refused before anything began, and failed at work. */
  refused: number
  failed: number
  accounts: number
  lastAt: number
}

/** Failures by their codes, most calls first, and whether they are all of the time asked for. */
export type FailureSums = { codes: FailureSum[]; isAll: boolean }

/** Adds up the newest refused and failed calls of all accounts since a time, in milliseconds since 1970. */
export function* failuresByCode(since: number): TransactionBody<FailureSums> {
  const refused = yield* refusedSince(since)
  const failed = yield* failedSince(since)
  const all = [...refused, ...failed]
  const codes = [...Map.groupBy(all, ({ code }) => code)].map(([code, rows]) => ({
    code,
    refused: sumOf(rows.map((row) => row.refused)),
    failed: sumOf(rows.map((row) => row.failed)),
    accounts: new Set(rows.map((row) => row.account)).size,
    lastAt: Math.max(...rows.map((row) => row.at)),
  }))
  return {
    codes: codes.toSorted(
      (a, b) => b.refused + b.failed - a.refused - a.failed || (a.code < b.code ? -1 : 1),
    ),
    isAll: refused.length < READ_MAX && failed.length < READ_MAX,
  }
}

type Failure = { code: string; account: string; at: number; refused: number; failed: number }

function* refusedSince(since: number): TransactionBody<Failure[]> {
  const rows = yield* query((db) =>
    db
      .selectFrom('refused_call')
      .select(['code', 'account_id as account', 'last_at as at', 'count as refused'])
      .where('last_at', '>=', since)
      .orderBy('last_at', 'desc')
      .limit(READ_MAX),
  )
  return rows.map((row) => ({ ...row, failed: 0 }))
}

function* failedSince(since: number): TransactionBody<Failure[]> {
  const rows = yield* query((db, sql) =>
    db
      .selectFrom('generation')
      .select(['error', 'account_id as account', 'finished_at'])
      .where('status', '=', sql.lit('failed'))
      .where('finished_at', '>=', since)
      .orderBy('finished_at', 'desc')
      .limit(READ_MAX),
  )
  return rows.map(({ error, account, finished_at }) => {
    const code = error === null ? 'internal' : readFailure(error).code
    return { code, account, at: finished_at ?? 0, refused: 0, failed: 1 }
  })
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0)
}
