import type { TransactionBody } from '../db/db.ts'
import { DAY_MS } from '../ledger/rules.ts'
import { display } from '../money.ts'
import type { DayRange } from './days.ts'
import { listTransactions, type Transaction, type TransactionFilter } from './transactions.ts'

const HEADER = 'id,type,operation,model,modality,provider,billing,status,cost_micro,cost,created_at'
/** Rows per read. */
const PAGE = 1_000

/** Returns the transactions of a range of days that match a filter as CSV (RFC 4180), newest first. */
export function* exportCsv(
  accountId: string,
  { from, to }: DayRange,
  filter: TransactionFilter = {},
): TransactionBody<string> {
  const lines = [HEADER]
  const since = Date.parse(from)
  const until = Date.parse(to) + DAY_MS
  for (let before: number | undefined; ;) {
    const { transactions, next } = yield* listTransactions(accountId, {
      ...filter,
      since,
      until,
      before,
      limit: PAGE,
    })
    lines.push(...transactions.map(line))
    if (next === null) return `${lines.join('\r\n')}\r\n`
    before = next
  }
}

function line(row: Transaction): string {
  const { cost, at } = row
  const { id, type, operation, model, modality, provider, billing, status } = row
  const about = [id, type, operation, model, modality, provider, billing, status]
  const cells = [...about, `${cost}`, display(cost), new Date(at).toISOString()]
  return cells.map((cell) => quoted(cell ?? '')).join(',')
}

/** Quotes a cell. One that a spreadsheet would run as a formula gets an apostrophe, so that it is shown as text. */
function quoted(text: string): string {
  const safe = /^[=+@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
