import { execute, query, type Db } from '../db/db.ts'
import type { OutputStores } from '../media/output-store.ts'
import { removeCopies } from './files.ts'

/** Rows that are read at a time. */
const PAGE = 200

/** How many files have no copy at a former place any more, and the stores that were not asked: nothing is known of them. */
export type RemovedCopies = { copies: number; left: string[] }

/** Removes the copies that moves have left, those of earlier moves too. Throws `ledger_unavailable`. */
export async function removeAllCopies(db: Db, stores: OutputStores): Promise<RemovedCopies> {
  let copies = 0
  const left = new Set<string>()
  for (let after = '', full = true; full;) {
    const page = await db.read(() =>
      query((from) =>
        from
          .selectFrom('asset')
          .select(['id', 'former'])
          .where('former', 'is not', null)
          .where('id', '>', after)
          .orderBy('id')
          .limit(PAGE),
      ),
    )
    full = page.length === PAGE
    after = page.at(-1)?.id ?? after
    for (const row of page) {
      const unknown = await removeCopies(stores, row)
      for (const store of unknown) left.add(store)
      if (unknown.length > 0) continue
      await db.write(() => forgetCopies({ id: row.id, former: row.former }))
      copies += 1
    }
  }
  return { copies, left: [...left] }
}

const forgetCopies = execute((db, p: { id: string; former: string | null }) =>
  db
    .updateTable('asset')
    .set({ former: null })
    .where('id', '=', p.id)
    .where('former', '=', p.former),
)
