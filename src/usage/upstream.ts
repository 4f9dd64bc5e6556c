import { query, type Unit } from '../db/db.ts'

/** What generations of a model were charged and what they cost the operator, in micro-dollars, where that is known. */
export type UpstreamCost = { model: string; count: number; charged: number; cost: number }

/** Real costs beside charges, by model, over all accounts. For the operator only. */
export function* upstreamCosts(): Unit<UpstreamCost[]> {
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
