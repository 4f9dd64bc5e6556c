import type { TransactionBody } from '../db/db.ts'
import { display } from '../money.ts'
import { transactionFilter } from './activity.ts'
import { csvOf } from './csv.ts'
import type { DayRange } from './days.ts'
import { allFailures } from './failures-page.ts'
import type { FailedCall } from './failures.ts'
import type { Narrowing } from './question.ts'
import { listTransactions, type Transaction, type TransactionPage } from './transactions.ts'

const HEADER =
  'id,type,operation,model,modality,provider,billing,status,cost_micro,cost,created_at'.split(',')
const FAILURES_HEADER =
  'id,operation,model,status,code,reason,calls,key_id,session_id,first_at,last_at'.split(',')
/** Rows per read. */
const PAGE = 1_000

/** Returns the rows of a range of days that fit a filter as CSV (RFC 4180), newest first. */
export function* exportCsv(
  accountId: string,
  range: DayRange,
  filter: Narrowing = {},
): TransactionBody<string> {
  const matching = transactionFilter(range, filter)
  if (matching === null)
    return csvOf([FAILURES_HEADER, ...(yield* allFailures(accountId, range, filter)).map(failure)])
  const lines: (string | null)[][] = [HEADER]
  let before: number | null | undefined
  while (before !== null) {
    const page: TransactionPage = yield* listTransactions(accountId, {
      ...matching,
      before,
      limit: PAGE,
    })
    lines.push(...page.transactions.map(line))
    before = page.next
  }
  return csvOf(lines)
}

function failure({
  id,
  operation,
  model,
  generationId,
  code,
  reason,
  ...row
}: FailedCall): string[] {
  const status = generationId === null ? 'refused' : 'failed'
  const { count, keyId, sessionId } = row
  const about = [id, operation, model, status, code, reason, `${count}`, keyId, sessionId]
  const times = [row.firstAt, row.at].map((at) => new Date(at).toISOString())
  return [...about, ...times]
}

function line(row: Transaction): (string | null)[] {
  const { cost, at } = row
  const { id, type, operation, model, modality, provider, billing, status } = row
  const about = [id, type, operation, model, modality, provider, billing, status]
  return [...about, `${cost}`, display(cost), new Date(at).toISOString()]
}
