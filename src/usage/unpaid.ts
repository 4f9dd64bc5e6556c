import { query, type TransactionBody } from '../db/db.ts'

/** Work that the operator was billed for and no customer pays for. Amounts are micro-dollars. */
export type UnpaidWork = {
  jobs: number
  cost: number
  /** Generations in it with an unknown cost. */
  unknownCount: number
  /** The largest number of unpaid jobs of one account. */
  mostOfAccount: number
}

/** Returns the unpaid work of all accounts after a time, in milliseconds since 1970. */
export function* unpaidSince(since: number): TransactionBody<UnpaidWork> {
  const ofAccounts = yield* query((db, sql) =>
    db
      .selectFrom('unpaid_job')
      .select(({ fn }) => [
        fn.sum('jobs').as('jobs'),
        fn.sum(sql<number>`coalesce(cost, 0)`).as('cost'),
        fn.sum(sql<number>`case when cost is null then 1 else 0 end`).as('unknown'),
      ])
      .where('at', '>', since)
      .groupBy('account_id'),
  )
  const sumOf = (numbers: readonly unknown[]): number =>
    numbers.reduce<number>((sum, each) => sum + Number(each), 0)
  return {
    jobs: sumOf(ofAccounts.map(({ jobs }) => jobs)),
    cost: sumOf(ofAccounts.map(({ cost }) => cost)),
    unknownCount: sumOf(ofAccounts.map(({ unknown }) => unknown)),
    mostOfAccount: Math.max(0, ...ofAccounts.map(({ jobs }) => Number(jobs))),
  }
}
