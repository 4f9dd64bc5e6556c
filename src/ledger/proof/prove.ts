import { query, type TransactionBody } from '../../db/db.ts'
import type { Difference } from '../../db/invariants.ts'
import { Broken, broken } from './broken.ts'
import { loadCheckpoint, type Checkpoint } from './checkpoint.ts'
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
  const proof = { totals, before: loaded?.head ?? null, whole: isWhole }
  try {
    if (!isWhole && !loaded.isSound) broken('I21', { hash: loaded.head.hash })
    yield* isWhole ? addAllEntries(reading) : addNewEntries(reading)
    if (isWhole) yield* proveCaptures(reading)
    const open = yield* openHolds()
    yield* proveAccounts(totals, open)
    yield* proveBudgets(totals, open)
    yield* proveUsage(totals)
    return { difference: null, entries: reading.read.entries, ...proof }
  } catch (error) {
    if (!(error instanceof Broken)) throw error
    return { difference: error.difference, entries: reading.read.entries, ...proof }
  }
}

function* addNewEntries(reading: Reading): TransactionBody<void> {
  const { accounts } = reading.totals
  yield* allAccounts(function* add({ id, last_entry }) {
    if ((last_entry ?? 0) > (accounts.get(id) ?? NO_ENTRIES).seq) yield* addEntriesOf(reading, id)
  })
}

/** Every capture entry has a captured hold of its own: if there are as many of them, every captured hold has its entry. */
function* proveCaptures({ totals, proven, read }: Reading): TransactionBody<void> {
  for (const [id, { seq }] of proven?.accounts ?? [])
    if ((totals.accounts.get(id) ?? NO_ENTRIES).seq < seq) broken('I21', { id, seq })
  const [count] = yield* query((db) =>
    db
      .selectFrom('hold')
      .select(({ fn }) => fn.countAll().as('holds'))
      .where('state', '=', 'captured'),
  )
  if (Number(count?.holds) === read.captures) return
  const [lost] = yield* query((db) =>
    db
      .selectFrom('hold')
      .leftJoin('entry', (on) =>
        on.onRef('entry.ref', '=', 'hold.id').on('entry.kind', '=', 'capture'),
      )
      .select(['hold.id', 'hold.captured'])
      .where('hold.state', '=', 'captured')
      .where('entry.ref', 'is', null)
      .limit(1),
  )
  broken('I6', { ...lost })
}
