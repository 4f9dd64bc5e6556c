import { query, type QueryBuilder, type TransactionBody } from '../../db/db.ts'
import type { Difference } from '../../db/invariants.ts'
import { Broken, broken } from './broken.ts'
import { lastCheckpoint, loadCheckpoint, loadProven, type Checkpoint } from './checkpoint.ts'
import { allAccounts, openHolds, proveAccounts, proveBudgets, proveUsage } from './counters.ts'
import { addAllEntries, addEntriesOf, type Reading } from './entries.ts'
import { emptyTotals, NO_ENTRIES, type Totals } from './totals.ts'

/** The result of a proof of the entries. */
export type Proof = {
  /** The first difference found; null if there is none. */
  difference: Difference | null
  totals: Totals
  /** The checkpoint of the ledger before this proof; null if there was none. */
  before: Checkpoint | null
  /** Whether all entries were read, and not only those after the checkpoint. */
  whole: boolean
  /** The number of entries that were read. */
  entries: number
}

/**
 * Proves the entries, and everything that is computed from them: those since the last checkpoint, or all if `whole` or
 * if there is no checkpoint. Reads page by page, so that no statement takes long on a large ledger.
 */
export function* prove(whole: boolean): TransactionBody<Proof> {
  const loaded = yield* loadCheckpoint()
  const isWhole = whole || loaded === null
  // A whole proof starts from nothing, and makes a new checkpoint where the old one is unsound.
  const totals = isWhole ? emptyTotals() : loaded.totals
  const proven = isWhole && loaded?.isSound === true ? loaded.totals : null
  const reading: Reading = { totals, proven, read: { entries: 0, captures: 0 } }
  const proof = { before: loaded?.head ?? null, whole: isWhole }
  return yield* proveReading(reading, proof, function* read() {
    if (!isWhole && !loaded.isSound) broken('I21', { hash: loaded.head.hash })
    yield* isWhole ? addAllEntries(reading) : addNewEntries(reading)
  })
}

/** As `prove`, for all entries of one account alone. */
export function* proveOne(accountId: string): TransactionBody<Proof> {
  const proven = yield* loadProven(accountId)
  const reading: Reading = { totals: emptyTotals(), proven, read: { entries: 0, captures: 0 } }
  const proof = { before: yield* lastCheckpoint(), whole: true, accountId }
  return yield* proveReading(reading, proof, () => addEntriesOf(reading, accountId))
}

type Scope = Pick<Proof, 'before' | 'whole'> & { accountId?: string }

/** Reads entries, and proves what is computed from them. */
function* proveReading(
  reading: Reading,
  { accountId, ...proof }: Scope,
  read: () => TransactionBody<void>,
): TransactionBody<Proof> {
  const { totals } = reading
  let difference: Difference | null = null
  try {
    yield* read()
    if (proof.whole) yield* proveCaptures(reading, accountId)
    const of = { totals, open: yield* openHolds(accountId), accountId }
    yield* proveAccounts(of)
    yield* proveBudgets(of)
    yield* proveUsage(of)
  } catch (error) {
    if (!(error instanceof Broken)) throw error
    difference = error.difference
  }
  return { difference, entries: reading.read.entries, totals, ...proof }
}

function* addNewEntries(reading: Reading): TransactionBody<void> {
  const { accounts } = reading.totals
  yield* allAccounts(function* add({ id, last_entry }) {
    if ((last_entry ?? 0) > (accounts.get(id) ?? NO_ENTRIES).seq) yield* addEntriesOf(reading, id)
  })
}

/** Every capture entry has a captured hold of its own: if there are as many of them, every captured hold has its entry. */
function* proveCaptures(
  { totals, proven, read }: Reading,
  accountId: string | undefined,
): TransactionBody<void> {
  for (const [id, { seq }] of proven?.accounts ?? [])
    if ((totals.accounts.get(id) ?? NO_ENTRIES).seq < seq) broken('I21', { id, seq })
  const captured = (db: QueryBuilder) => {
    const all = db.selectFrom('hold').where('hold.state', '=', 'captured')
    return accountId === undefined ? all : all.where('hold.account_id', '=', accountId)
  }
  const [count] = yield* query((db) => captured(db).select(({ fn }) => fn.countAll().as('holds')))
  if (Number(count?.holds) === read.captures) return
  const [lost] = yield* query((db) =>
    captured(db)
      .leftJoin('entry', (on) =>
        on.onRef('entry.ref', '=', 'hold.id').on('entry.kind', '=', 'capture'),
      )
      .select(['hold.id', 'hold.captured'])
      .where('entry.ref', 'is', null)
      .limit(1),
  )
  broken('I6', { ...lost })
}
