import { preparedQuery, type TransactionBody } from '../../db/db.ts'
import type { EntryTable, HoldState, Payer } from '../../db/schema/ledger.ts'
import { clockChangesOf } from '../clock-changes.ts'
import { budgetsOf, CLOCK_SLACK_MS } from '../rules.ts'
import { broken } from './broken.ts'
import { NO_ENTRIES, usageKey, withEntry, type AccountTotals, type Totals } from './totals.ts'

/** Entries read at a time: no statement of a proof takes long, however large the ledger is. */
const PAGE = 2_000

/** The place after an entry, in the order of accounts and numbers. */
type Place = { account_id: string; seq: number }

/** An entry with the hold that it captured. */
type Found = EntryTable & {
  hold_account: string | null
  hold_state: HoldState | null
  hold_captured: number | null
  hold_billing: Payer | null
  hold_session: string | null
  hold_key: string | null
  hold_day: string | null
  hold_group: string | null
}

const selectAfter = preparedQuery((db, p: Place, sql) => ({
  compile: () =>
    sql<Found>`${sql.raw(SELECT)} where (e.account_id, e.seq) > (${p.account_id}, ${p.seq})
      order by e.account_id, e.seq limit ${sql.lit(PAGE)}`.compile(db),
}))

const selectOfAccount = preparedQuery((db, p: Place, sql) => ({
  compile: () =>
    sql<Found>`${sql.raw(SELECT)} where e.account_id = ${p.account_id} and e.seq > ${p.seq}
      order by e.seq limit ${sql.lit(PAGE)}`.compile(db),
}))

const SELECT = `select e.*, h.account_id as hold_account, h.state as hold_state, h.captured as hold_captured,
  h.billing as hold_billing, h.session_id as hold_session, h.key_id as hold_key, h.day as hold_day, h.group_id as hold_group
  from entry e left join hold h on h.id = e.ref and e.kind = 'capture'`

/** What the entries of a proof are compared with, and how many were read. */
export type Reading = {
  totals: Totals
  /** The totals of the last checkpoint, which a whole proof meets on its way; null without one. */
  proven: Totals | null
  read: { entries: number; captures: number }
}

/** Adds all entries to the totals, account by account, and proves each. */
export function* addAllEntries(reading: Reading): TransactionBody<void> {
  yield* addPages(reading, { account_id: '', seq: 0 }, selectAfter)
}

/** Adds the entries of one account that its totals do not have yet, and proves each. */
export function* addEntriesOf(reading: Reading, accountId: string): TransactionBody<void> {
  const { seq } = reading.totals.accounts.get(accountId) ?? NO_ENTRIES
  yield* addPages(reading, { account_id: accountId, seq }, selectOfAccount)
}

function* addPages(
  reading: Reading,
  start: Place,
  select: (place: Place) => TransactionBody<Found[]>,
): TransactionBody<void> {
  let place = start
  for (let full = true; full;) {
    const page: Found[] = yield* select({ account_id: place.account_id, seq: place.seq })
    for (const entry of page) yield* addEntry(reading, entry)
    place = page.at(-1) ?? place
    full = page.length === PAGE
  }
}

function* addEntry({ totals, proven, read }: Reading, entry: Found): TransactionBody<void> {
  const { account_id, seq } = entry
  const before = totals.accounts.get(account_id) ?? NO_ENTRIES
  if (seq !== before.seq + 1) broken('I7', { id: account_id, seq, expected: before.seq + 1 })
  if (entry.at < before.newest - CLOCK_SLACK_MS) yield* assertAccepted(entry, before)
  const after = withEntry(before, entry)
  const forgotten = entry.at < before.newest - CLOCK_SLACK_MS ? { newest: entry.at } : {}
  if (entry.balance_after !== after.balance)
    broken('I13', { id: entry.id, balance_after: entry.balance_after, replayed: after.balance })
  const known = proven?.accounts.get(account_id)
  if (known?.seq === seq && known.hash !== after.hash) broken('I21', { id: account_id, seq })
  totals.accounts.set(account_id, { ...after, ...forgotten })
  totals.changed.add(`account ${account_id}`)
  read.entries += 1
  if (entry.kind === 'capture') {
    read.captures += 1
    addToBudgets(totals, entry)
  }
  if (entry.kind === 'capture' || entry.kind === 'refund') addToUsage(totals, entry)
}

function* assertAccepted(
  { id, account_id, at }: EntryTable,
  before: AccountTotals,
): TransactionBody<void> {
  if ((yield* clockChangesOf(account_id)).includes(before.seq)) return
  broken('I8', { id, at, newest: before.newest })
}

function addToBudgets({ budgets, changed }: Totals, entry: Found): void {
  const { hold_session, hold_key, hold_day, hold_group, ref, amount } = entry
  const agrees =
    entry.hold_state === 'captured' &&
    entry.hold_captured === amount &&
    entry.hold_account === entry.account_id &&
    entry.hold_billing === entry.billing
  if (!agrees || hold_session === null || hold_key === null || hold_day === null)
    return broken('I5', { ref, amount, hold: entry.hold_state, captured: entry.hold_captured })
  const owner = {
    session_id: hold_session,
    key_id: hold_key,
    group_id: hold_group,
    day: hold_day,
  }
  for (const { id } of budgetsOf({ account_id: entry.account_id, ...owner })) {
    budgets.set(id, (budgets.get(id) ?? 0) + amount)
    changed.add(`budget ${id}`)
  }
}

function addToUsage({ usage, changed }: Totals, entry: Found): void {
  const key = usageKey(entry)
  const sign = entry.kind === 'capture' ? 1 : -1
  const { count, amount } = usage.get(key) ?? { count: 0, amount: 0 }
  usage.set(key, { count: count + sign, amount: amount + sign * entry.amount })
  changed.add(`usage ${key}`)
}
