import { execute, forRows, type TransactionBody } from '../../db/db.ts'
import { addedTo, addTo, eachSum, SUM_TABLES, SUMS, type Sum } from '../queries/sums.ts'
import { insertInto } from './columns.ts'
import { merged } from './merged.ts'

/** Adds charges to all sums, in one write for each row that counts some of them. */
export function* addAllToSums(charges: readonly Sum[]): TransactionBody<void> {
  let sums = charges // each table is coarser than the one before
  for (const table of SUM_TABLES) {
    sums = merged(sums, (sum) => JSON.stringify(SUMS[table].map((column) => sum[column])), add)
    yield* addRows[table](sums)
  }
}

const add = (sum: Sum, { count, amount }: Sum): Sum => ({
  ...sum,
  count: sum.count + count,
  amount: sum.amount + amount,
})

const addRows = eachSum((table) =>
  forRows(
    addTo[table],
    execute((db, p: { rows: string }, sql) => ({
      compile: () => sql`${insertInto(sql, table, p.rows)} ${addedTo(sql, table)}`.compile(db),
    })),
  ),
)
