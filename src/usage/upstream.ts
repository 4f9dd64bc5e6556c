import { query, type TransactionBody } from '../db/db.ts'

/** Charges and operator costs of the generations of a model with a known cost, in micro-dollars. */
export type UpstreamCost = { model: string; count: number; charged: number; cost: number }

/** Returns real costs and charges by model, over all accounts. For the operator only. */
export function* upstreamCosts(): TransactionBody<UpstreamCost[]> {
  return yield* query((db) =>
    db
      .selectFrom('generation')
      .innerJoin('hold', 'hold.id', 'generation.id')
      .select(({ fn }) => [
        'hold.model as model',
        fn.countAll<number>().as('count'),
        fn.sum<number>('hold.captured').as('charged'),
        fn.sum<number>('generation.upstream_cost').as('cost'),
      ])
      .where('generation.status', '=', 'completed')
      .where('generation.upstream_cost', 'is not', null)
      .groupBy('hold.model'),
  )
}
