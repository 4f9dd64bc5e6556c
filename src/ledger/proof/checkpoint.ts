import { preparedQuery, query, type TransactionBody } from '../../db/db.ts'
import type { ProofTable } from '../../db/schema/ledger.ts'
import { emptyTotals, sha256, type AccountTotals, type Totals, type UsageTotals } from './totals.ts'

/** Rows read or written at a time. */
const PAGE = 500

/** A checkpoint: `at` in milliseconds since 1970, and the SHA-256 of all its totals, in hex. */
export type Checkpoint = { at: number; hash: string }

/** A checkpoint with its totals. `isSound` is false if they are not those that its hash was made of. */
export type Loaded = { head: Checkpoint; totals: Totals; isSound: boolean }

const selectHead = preparedQuery((db) =>
  db.selectFrom('proof').select('value').where('kind', '=', 'head'),
)

/** Returns the last checkpoint; null if nothing was proven yet. */
export function* lastCheckpoint(): TransactionBody<Checkpoint | null> {
  const [row] = yield* selectHead({})
  return row === undefined ? null : (JSON.parse(row.value) as Checkpoint)
}

/** Reads the last checkpoint with its totals; null if nothing was proven yet. */
export function* loadCheckpoint(): TransactionBody<Loaded | null> {
  const head = yield* lastCheckpoint()
  if (head === null) return null
  const totals = emptyTotals()
  for (let last: ProofTable | undefined, full = true; full;) {
    const rows: ProofTable[] = yield* rowsAfter(last)
    for (const { kind, id, value } of rows) {
      if (kind === 'account') totals.accounts.set(id, JSON.parse(value) as AccountTotals)
      if (kind === 'budget') totals.budgets.set(id, Number(value))
      if (kind === 'usage') totals.usage.set(id, JSON.parse(value) as UsageTotals)
    }
    last = rows.at(-1)
    full = rows.length === PAGE
  }
  return { head, totals, isSound: hashOf(totals) === head.hash }
}

/** Reads what the last checkpoint has of the entries of one account: totals without it if it has nothing. */
export function* loadProven(accountId: string): TransactionBody<Totals> {
  const [row] = yield* query((db) =>
    db
      .selectFrom('proof')
      .select('value')
      .where('kind', '=', 'account')
      .where('id', '=', accountId),
  )
  const totals = emptyTotals()
  if (row !== undefined) totals.accounts.set(accountId, JSON.parse(row.value) as AccountTotals)
  return totals
}

function* rowsAfter(last: ProofTable | undefined): TransactionBody<ProofTable[]> {
  return yield* query((db) => {
    const rows = db.selectFrom('proof').selectAll().orderBy('kind').orderBy('id').limit(PAGE)
    if (last === undefined) return rows
    return rows.where((eb) => eb(eb.refTuple('kind', 'id'), '>', eb.tuple(last.kind, last.id)))
  })
}

/** What a proof found, and where it started. */
type Provable = { totals: Totals; before: Checkpoint | null; whole: boolean }

/**
 * Stores totals as the new checkpoint, in place of `before`. `whole` totals replace all of it, others are its changes.
 * Returns null and stores nothing if another proof was stored since `before` was read.
 */
export function* storeCheckpoint(
  { totals, before, whole }: Provable,
  at: number,
): TransactionBody<Checkpoint | null> {
  const head: Checkpoint = { at, hash: hashOf(totals) }
  const [ours] = yield* query((db) =>
    before === null
      ? db
          .insertInto('proof')
          .values({ kind: 'head', id: '', value: JSON.stringify(head) })
          .onConflict((on) => on.columns(['kind', 'id']).doNothing())
          .returning('kind')
      : db
          .updateTable('proof')
          .set({ value: JSON.stringify(head) })
          .where('kind', '=', 'head')
          .where('value', '=', JSON.stringify(before))
          .returning('kind'),
  )
  if (ours === undefined) return null
  if (whole) yield* query((db) => db.deleteFrom('proof').where('kind', '<>', 'head'))
  const rows = rowsOf(totals).filter(({ kind, id }) => whole || totals.changed.has(`${kind} ${id}`))
  for (let first = 0; first < rows.length; first += PAGE) {
    const page = rows.slice(first, first + PAGE)
    yield* query((db) =>
      db
        .insertInto('proof')
        .values(page)
        .onConflict((on) =>
          on.columns(['kind', 'id']).doUpdateSet((eb) => ({ value: eb.ref('excluded.value') })),
        ),
    )
  }
  return head
}

function rowsOf({ accounts, budgets, usage }: Totals): ProofTable[] {
  const kinds = { account: accounts, budget: budgets, usage }
  return Object.entries(kinds).flatMap(([kind, values]) =>
    [...values].map(([id, value]) => ({
      kind: kind as ProofTable['kind'],
      id,
      value: JSON.stringify(value),
    })),
  )
}

/** The order of the rows does not matter: the engines sort texts differently. */
function hashOf(totals: Totals): string {
  const lines = rowsOf(totals).map(({ kind, id, value }) => `${kind} ${id} ${value}`)
  return sha256(lines.toSorted().join('\n'))
}
